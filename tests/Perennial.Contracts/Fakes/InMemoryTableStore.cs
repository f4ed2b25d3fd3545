using System.Globalization;
using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Fakes;

/// <summary>Tables in memory, with the limits of the real ones.</summary>
public sealed class InMemoryTableStore : ITableStore
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, SortedDictionary<(string Partition, string Row), TableEntity>> _tables = new(StringComparer.Ordinal);
    private long _writes;

    public Task<TableEntity?> Get(string table, string partition, string row, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTable(table);
        TableLimits.CheckKey("partition", partition);
        TableLimits.CheckKey("row", row);
        lock (_lock) return Task.FromResult(Table(table).GetValueOrDefault((partition, row)));
    }

    public Task<BatchResult> Write(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        TableLimits.Check(table, partition, operations);
        lock (_lock)
        {
            var entities = Table(table);
            for (var i = 0; i < operations.Count; i++)
            {
                if (!Holds(operations[i], entities.GetValueOrDefault((partition, operations[i].Row)))) return Task.FromResult(new BatchResult(i, []));
            }
            return Task.FromResult(new BatchResult(null, [.. operations.Select(operation => Apply(entities, partition, operation))]));
        }
    }

    public Task<TablePage> Query(TableQuery query, CancellationToken cancellationToken = default)
    {
        TableLimits.Check(query);
        var after = query.Continuation is null ? null : JsonSerializer.Deserialize<string[]>(query.Continuation);
        lock (_lock)
        {
            var found = Table(query.Table).Values
                .Where(e => query.Partition is null || e.Partition == query.Partition)
                .Where(e => query.RowFrom is null || string.CompareOrdinal(e.Row, query.RowFrom) >= 0)
                .Where(e => query.RowTo is null || string.CompareOrdinal(e.Row, query.RowTo) < 0)
                .Where(e => after is null || Compare((e.Partition, e.Row), (after[0], after[1])) > 0)
                .Take(query.Take + 1).ToList();
            if (found.Count <= query.Take) return Task.FromResult(new TablePage(found, null));
            var page = found[..query.Take];
            return Task.FromResult(new TablePage(page, JsonSerializer.Serialize(new[] { page[^1].Partition, page[^1].Row })));
        }
    }

    public IAsyncEnumerable<string> Tables(CancellationToken cancellationToken = default)
    {
        lock (_lock) return _tables.Keys.Order(StringComparer.Ordinal).ToArray().ToAsyncEnumerable();
    }

    private string Apply(SortedDictionary<(string, string), TableEntity> entities, string partition, TableOperation operation)
    {
        if (operation.Kind == TableOperationKind.Delete)
        {
            entities.Remove((partition, operation.Row));
            return "";
        }
        var etag = (++_writes).ToString(CultureInfo.InvariantCulture);
        var properties = operation.Properties!.ToDictionary(StringComparer.Ordinal);
        entities[(partition, operation.Row)] = new TableEntity(partition, operation.Row, etag, properties);
        return etag;
    }

    private SortedDictionary<(string Partition, string Row), TableEntity> Table(string name)
    {
        if (!_tables.TryGetValue(name, out var table)) _tables[name] = table = new(Comparer<(string, string)>.Create(Compare));
        return table;
    }

    private static bool Holds(TableOperation operation, TableEntity? current) => operation.Kind switch
    {
        TableOperationKind.Insert => current is null,
        TableOperationKind.Upsert => true,
        _ => current is not null && (operation.ETag == "*" || operation.ETag == current.ETag),
    };

    private static int Compare((string Partition, string Row) a, (string Partition, string Row) b)
    {
        var order = string.CompareOrdinal(a.Partition, b.Partition);
        return order != 0 ? order : string.CompareOrdinal(a.Row, b.Row);
    }
}
