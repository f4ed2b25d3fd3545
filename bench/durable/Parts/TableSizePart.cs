using System.Diagnostics;
using System.Globalization;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Tables;

namespace Perennial.Durable.Bench.Parts;

/// <summary>What a table of many entities costs to read, to keep and to open, and how that grows.</summary>
internal sealed class TableSizePart : IBenchPart
{
    private const int Rounds = 5;

    public string Name => "table-size";

    public string Title => "Table journal by size: reads, memory and opening";

    public async Task Run(Section section, Scratch scratch)
    {
        section.Say("Memory is what the heap holds more with the table open than without, after full collections. Opening is with the files in the page cache.");
        foreach (var bytes in new[] { 256, 1024 })
        {
            section.Say($"Entities of {bytes:#,0} bytes of names and values as ASCII, seven properties each:");
            var rows = new List<string[]>();
            foreach (var entities in new[] { 100_000, 1_000_000 }) rows.Add(await Measure(section, scratch, entities, bytes));
            section.Table("entities", "load s", "point read us", "page of 100 us", "open s", "memory bytes an entity", "files MB", "files at opening");
            foreach (var row in rows) section.Row(row);
        }
    }

    private static async Task<string[]> Measure(Section section, Scratch scratch, int entities, int bytes)
    {
        section.Progress($"{entities:#,0} of {bytes} bytes");
        var folder = scratch.Next("tables");
        var start = Stopwatch.GetTimestamp();
        using (var tables = new TableJournal(folder))
        {
            await SomeEntities.Load(tables, 0, entities, bytes);
            await tables.Compacted();
        }
        var load = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var (open, memory, point, page) = (new Spread(), new Spread(), new Spread(), new Spread());
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            start = Stopwatch.GetTimestamp();
            using var tables = new TableJournal(folder);
            open.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            await tables.Compacted();
            memory.Add((GC.GetTotalMemory(forceFullCollection: true) - before) / (double)entities);
            point.Add(await PointRead(tables, entities));
            page.Add(await PageRead(tables, entities));
        }
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
        var result = new[]
        {
            entities.ToString("#,0", CultureInfo.InvariantCulture), load.ToString("0.0", CultureInfo.InvariantCulture), point.Show("0.00"), page.Show("0"),
            open.Show("0.00"), memory.Show(), (files.Sum(file => file.Length) / 1e6).ToString("#,0", CultureInfo.InvariantCulture), files.Count.ToString(CultureInfo.InvariantCulture),
        };
        Directory.Delete(folder, recursive: true);
        return result;
    }

    private static async Task<double> PointRead(TableJournal tables, int entities)
    {
        const int reads = 200_000;
        var random = new Random(1);
        var keys = Enumerable.Range(0, reads).Select(_ => random.Next(entities)).Select(row => (SomeEntities.Partition(row), SomeEntities.Row(row))).ToArray();
        var start = Stopwatch.GetTimestamp();
        foreach (var (partition, row) in keys)
        {
            if (await tables.Get(SomeEntities.Table, partition, row) is null) throw new InvalidOperationException($"{partition} {row} is missing.");
        }
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / reads;
    }

    private static async Task<double> PageRead(TableJournal tables, int entities)
    {
        const int reads = 2_000;
        var random = new Random(2);
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < reads; i++)
        {
            var row = random.Next(entities / 1000) * 1000 + random.Next(900);
            var page = await tables.Query(new TableQuery(SomeEntities.Table, SomeEntities.Partition(row), SomeEntities.Row(row), Take: 100));
            if (page.Entities.Count != 100) throw new InvalidOperationException($"A page has {page.Entities.Count} entities.");
        }
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / reads;
    }
}
