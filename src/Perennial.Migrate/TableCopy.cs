using Perennial.Core.Ports;

namespace Perennial.Migrate;

/// <summary>Copies all entities, in batches of one partition, and compares what came over.</summary>
internal sealed class TableCopy(ITableStore from, ITableStore to)
{
    private const long BatchBytes = TableLimits.BatchBytes / 2;

    public async Task<int> Run(CancellationToken cancellationToken)
    {
        var copied = 0;
        await foreach (var table in from.Tables(cancellationToken))
        {
            var entities = await from.QueryAll(new TableQuery(table, null), cancellationToken);
            foreach (var batch in Batches(entities))
                await to.Write(table, batch[0].Partition, [.. batch.Select(entity => TableOperation.Upsert(entity.Row, entity.Properties))], cancellationToken);
            Compare(table, entities, await to.QueryAll(new TableQuery(table, null), cancellationToken));
            copied += entities.Count;
        }
        return copied;
    }

    private static IEnumerable<List<TableEntity>> Batches(IReadOnlyList<TableEntity> entities)
    {
        var batch = new List<TableEntity>();
        long bytes = 0;
        foreach (var entity in entities)
        {
            var size = entity.Properties.Sum(property => 2L * (property.Key.Length + property.Value.Length));
            if (batch.Count > 0 && (batch.Count == TableLimits.BatchOperations || bytes + size > BatchBytes || batch[0].Partition != entity.Partition))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
            batch.Add(entity);
            bytes += size;
        }
        if (batch.Count > 0) yield return batch;
    }

    private static void Compare(string table, IReadOnlyList<TableEntity> wanted, IReadOnlyList<TableEntity> found)
    {
        if (wanted.Count != found.Count) throw new MigrationException($"Table '{table}' has {found.Count} entities in the target and {wanted.Count} in the source.");
        foreach (var (one, other) in wanted.Zip(found))
        {
            var same = (one.Partition, one.Row) == (other.Partition, other.Row) && one.Properties.Count == other.Properties.Count
                && one.Properties.All(property => other.Properties.TryGetValue(property.Key, out var value) && value == property.Value);
            if (!same) throw new MigrationException($"Table '{table}', entity '{one.Partition}' '{one.Row}', differs in the target.");
        }
    }
}
