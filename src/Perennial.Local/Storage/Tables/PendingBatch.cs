using System.Buffers;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// A batch on its way to the journal. It is encoded on its writer's thread, so that the committing one only decides; and since the caller
/// may change its dictionaries while the batch waits.
/// </summary>
internal sealed class PendingBatch : PendingWrite<BatchResult>
{
    private readonly string _table;
    private readonly IReadOnlyList<TableOperation> _operations;
    private readonly StoredEntity[] _entities;
    private readonly bool[] _removes;
    private int? _failed;

    public PendingBatch(string table, string partition, IReadOnlyList<TableOperation> operations)
    {
        _table = table;
        _operations = [.. operations];
        _entities = new StoredEntity[operations.Count];
        _removes = new bool[operations.Count];
        for (var i = 0; i < _entities.Length; i++)
        {
            _entities[i] = StoredEntity.Encode(TableKey.Of(partition, operations[i].Row), operations[i].Properties);
            _removes[i] = operations[i].Properties is null;
            HasConditions |= operations[i].Kind != TableOperationKind.Upsert;
        }
        Record = ChangeFormat.Encode(table, 0, _entities, _removes);
    }

    /// <summary>Whether it depends on what is there.</summary>
    public bool HasConditions { get; }

    /// <summary>What goes into the journal, whole once it was decided, until it is released.</summary>
    public ArraySegment<byte> Record { get; private set; }

    protected override BatchResult Outcome => _failed is null
        ? new BatchResult(null, Array.ConvertAll(_entities, entity => entity.Sequence == 0 ? "" : entity.ETag))
        : new BatchResult(_failed, []);

    /// <summary>Checks the conditions against what the batches before it leave; true when they hold and there is something to write.</summary>
    public bool Decide(Overlay overlay)
    {
        for (var i = 0; i < _entities.Length; i++)
        {
            var operation = _operations[i];
            if (operation.Kind == TableOperationKind.Upsert || Holds(operation, overlay.Find(_table, _entities[i]))) continue;
            _failed = i;
            return false;
        }
        overlay.Sequence = ChangeFormat.Number(Record, _entities, _removes, overlay.Sequence);
        for (var i = 0; i < _entities.Length; i++) overlay.Add(_table, _entities[i], _removes[i]);
        return true;
    }

    /// <summary>Changes the tables, once the record is durable.</summary>
    public void Apply(TableState state)
    {
        if (_failed is not null) return;
        for (var i = 0; i < _entities.Length; i++) state.Apply(new Change(_table, _entities[i], _removes[i]));
    }

    /// <summary>Gives the record's memory back.</summary>
    public void Release()
    {
        ArrayPool<byte>.Shared.Return(Record.Array!);
        Record = [];
    }

    private static bool Holds(TableOperation operation, StoredEntity current) => operation.Kind == TableOperationKind.Insert
        ? !current.Exists
        : current.Exists && (operation.ETag == "*" || operation.ETag == current.ETag);
}
