using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Tables;

/// <summary>A batch on its way to the journal.</summary>
internal sealed class PendingBatch(string table, string partition, IReadOnlyList<TableOperation> operations)
    : TaskCompletionSource<BatchResult>(TaskCreationOptions.RunContinuationsAsynchronously)
{
    // Copied when it is submitted: the caller may change its dictionaries while the batch waits.
    private readonly (TableOperation Operation, IReadOnlyDictionary<string, string>? Properties)[] _operations =
        [.. operations.Select(operation => (operation, operation.Properties is null ? null : StoredEntity.Copy(operation.Properties)))];

    private BatchResult? _result;

    /// <summary>What it changes; nothing when a condition did not hold.</summary>
    public IReadOnlyList<Change> Changes { get; private set; } = [];

    /// <summary>Checks the conditions against what the batches before it leave; true when they hold and there is something to write.</summary>
    public bool Decide(Overlay overlay)
    {
        for (var i = 0; i < _operations.Length; i++)
        {
            var operation = _operations[i].Operation;
            if (Holds(operation, overlay.Find(table, partition, operation.Row))) continue;
            _result = new BatchResult(i, []);
            return false;
        }
        var changes = new List<Change>(_operations.Length);
        foreach (var (operation, properties) in _operations)
        {
            var entity = properties is null ? null : new StoredEntity(partition, operation.Row, ++overlay.Sequence, properties);
            changes.Add(new Change(table, partition, operation.Row, entity));
        }
        overlay.Add(changes);
        Changes = changes;
        _result = new BatchResult(null, [.. changes.Select(change => change.Entity?.ETag ?? "")]);
        return true;
    }

    public void Complete() => SetResult(_result!);

    private static bool Holds(TableOperation operation, StoredEntity? current) => operation.Kind switch
    {
        TableOperationKind.Insert => current is null,
        TableOperationKind.Upsert => true,
        _ => current is not null && (operation.ETag == "*" || operation.ETag == current.ETag),
    };
}

/// <summary>The state with the changes of a group on top that are not durable yet.</summary>
internal sealed class Overlay(TableState state)
{
    private readonly Dictionary<(string Table, string Partition, string Row), StoredEntity?> _changed = [];

    public long Sequence { get; set; } = state.Sequence;

    public StoredEntity? Find(string table, string partition, string row) =>
        _changed.TryGetValue((table, partition, row), out var entity) ? entity : state.Table(table)?.Find(partition, row);

    public void Add(IEnumerable<Change> changes)
    {
        foreach (var change in changes) _changed[(change.Table, change.Partition, change.Row)] = change.Entity;
    }
}
