using Perennial.Core.Ports;
using Perennial.Core.Serving;

namespace Perennial.Migrate;

/// <summary>Copies all entities, in batches of one partition, and compares what came over.</summary>
internal sealed class TableCopy(ITableStore from, ITableStore to, IProgress<MigrationProgress>? progress)
{
    private const long BatchBytes = TableLimits.BatchBytes / 2;

    public async Task<int> Run(CancellationToken cancellationToken)
    {
        var copied = 0;
        var tables = await from.Tables(cancellationToken).ToListAsync(cancellationToken);
        // All before any is written: what an earlier attempt copied may be overwritten, what a host wrote since may not.
        foreach (var table in await to.Tables(cancellationToken).ToListAsync(cancellationToken)) await RequireNoOther(table, cancellationToken);
        foreach (var table in tables)
        {
            // What was read of the source's log is of no use for the target's, whose cursors are others; it is read again there.
            if (table == LabelledTraffic.Table) continue;
            var entities = await from.QueryAll(new TableQuery(table, null), cancellationToken);
            var written = 0;
            foreach (var batch in Batches(entities))
            {
                await to.Write(table, batch[0].Partition, [.. batch.Select(entity => TableOperation.Upsert(entity.Row, entity.Properties))], cancellationToken);
                progress?.Report(new MigrationProgress($"Entities of '{table}'", written += batch.Count, entities.Count));
            }
            Compare(table, entities, await to.QueryAll(new TableQuery(table, null), cancellationToken));
            copied += entities.Count;
        }
        return copied;
    }

    private async Task RequireNoOther(string table, CancellationToken cancellationToken)
    {
        var there = await to.QueryAll(new TableQuery(table, null), cancellationToken);
        if (there.Count == 0) return;
        // None of that table's is ever copied.
        var copied = table == LabelledTraffic.Table ? [] : await from.QueryAll(new TableQuery(table, null), cancellationToken);
        var known = copied.Select(entity => (entity.Partition, entity.Row)).ToHashSet();
        if (there.FirstOrDefault(entity => !known.Contains((entity.Partition, entity.Row))) is { } other)
            throw new MigrationException(
                $"The target's table '{table}' holds '{other.Partition}' '{other.Row}', which the source does not: a host has written to one of them since an earlier migration was cut off. "
                + "No entity was overwritten. Choose another --prefix, account or folder.");
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
        if (wanted.Count != found.Count) throw Differs($"Table '{table}' has {found.Count} entities in the target and {wanted.Count} in the source.");
        foreach (var (one, other) in wanted.Zip(found))
        {
            var same = (one.Partition, one.Row) == (other.Partition, other.Row) && one.Properties.Count == other.Properties.Count
                && one.Properties.All(property => other.Properties.TryGetValue(property.Key, out var value) && value == property.Value);
            if (!same) throw Differs($"Table '{table}', entity '{one.Partition}' '{one.Row}', differs in the target.");
        }
    }

    private static MigrationException Differs(string what) =>
        new($"{what} Somebody else writes to one of them: stop the hosts of both, and start the migration again.", MigrateExitCodes.Damaged);
}
