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
            foreach (var entities in new[] { 100_000, 1_000_000 }) rows.AddRange(await Measure(section, scratch, entities, bytes));
            section.Table("entities", "written before", "in s", "point read us", "page of 100 us", "open s", "memory bytes an entity", "snapshot MB", "all files MB");
            foreach (var row in rows) section.Row(row);
        }
    }

    private static async Task<IEnumerable<string[]>> Measure(Section section, Scratch scratch, int entities, int bytes)
    {
        section.Progress($"{entities:#,0} of {bytes} bytes");
        var folder = scratch.Next("tables");
        var loaded = await Measure(section, folder, entities, bytes, entities);
        // As much again makes the journal nearly as long as the snapshot, or leaves a newer snapshot behind: the files tell which.
        var rewritten = await Measure(section, folder, entities, bytes, entities / 10 * 9);
        Directory.Delete(folder, recursive: true);
        return [loaded, rewritten];
    }

    private static async Task<string[]> Measure(Section section, string folder, int entities, int bytes, int written)
    {
        var start = Stopwatch.GetTimestamp();
        using (var tables = new TableJournal(folder))
        {
            await SomeEntities.Load(tables, 0, written, bytes);
            await tables.Compacted();
        }
        var load = Stopwatch.GetElapsedTime(start).TotalSeconds;
        section.Progress(FormattableString.Invariant($"wrote {written} in {load:0.0} s"));
        var files = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).ToList();
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
        return
        [
            entities.ToString("#,0", CultureInfo.InvariantCulture), written.ToString("#,0", CultureInfo.InvariantCulture), load.ToString("0.0", CultureInfo.InvariantCulture),
            point.Show("0.00"), page.Show("0"), open.Show("0.00"), memory.Show(), Megabytes(files, "snapshot-"), Megabytes(files, ""),
        ];
    }

    private static string Megabytes(IEnumerable<FileInfo> files, string prefix) =>
        (files.Where(file => file.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(file => file.Length) / 1e6).ToString("#,0", CultureInfo.InvariantCulture);

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
