using Perennial.Core.Ports;
using Perennial.Local.Storage.Tables;

namespace Perennial.Durable.Bench.Parts;

/// <summary>Durable writes of single entities by table size.</summary>
internal sealed class TableWritesPart : IBenchPart
{
    private const int EntityBytes = 1024;
    private const int Writes = 20_000;

    public string Name => "table-writes";

    public string Title => "Table journal: durable writes of one entity of 1 KB";

    public async Task Run(Section section, Scratch scratch)
    {
        foreach (var entities in new[] { 100_000, 1_000_000 })
        {
            using var tables = new TableJournal(scratch.Next("tables"));
            section.Progress($"loading {entities:#,0}");
            await SomeEntities.Load(tables, 0, entities, EntityBytes);
            await tables.Compacted();
            // Made before, spread over the whole table: what is measured is the store, not the making of entities.
            var writes = Enumerable.Range(0, Writes).Select(i => (int)((long)i * entities / Writes)).Select(row => (
                Partition: SomeEntities.Partition(row),
                Operations: new[] { TableOperation.Upsert(SomeEntities.Row(row), SomeEntities.Properties(row, EntityBytes)) })).ToArray();
            section.Say($"Into a table of {entities:#,0} entities, each write an upsert of a row of its own:");
            await new GroupRates(section, scratch, EntityBytes).Measure([1, 16, 64], (writer, count) =>
            {
                var (partition, operations) = writes[(writer * 7919 + count * 31) % writes.Length];
                return tables.Write(SomeEntities.Table, partition, operations);
            });
        }
    }
}
