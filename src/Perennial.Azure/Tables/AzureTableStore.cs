using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Perennial.Core.Ports;
using Stored = Azure.Data.Tables.TableEntity;
using TableEntity = Perennial.Core.Ports.TableEntity;

namespace Perennial.Azure.Tables;

/// <summary>Entities in Azure Tables, a table of the port being one of the account's, named with the prefix; made when it is first written to.</summary>
/// <remarks>
/// Every write is an entity-group transaction, one of a single operation too. Table names that differ only in case are one table there.
/// A request that the SDK repeats after an answer was lost can meet what it had done itself, and then reports a conflict: callers
/// read again after a conflict, as after any.
/// </remarks>
public sealed class AzureTableStore(TableServiceClient service, string prefix, SpilledValues values) : ITableStore
{
    private readonly ConcurrentDictionary<string, byte> _made = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public async Task<TableEntity?> Get(string table, string partition, string row, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTable(table);
        try
        {
            var found = await ClientOf(table).GetEntityIfExistsAsync<Stored>(partition, row, cancellationToken: cancellationToken);
            return found.HasValue ? await Read(table, found.Value!, cancellationToken) : null;
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<BatchResult> Write(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        TableLimits.Check(table, partition, operations);
        var fitted = await values.Fit(partition, operations, cancellationToken);
        var actions = operations.Select((operation, i) => ActionOf(partition, operation, fitted[i])).ToArray();
        await Make(table, cancellationToken);
        try
        {
            var responses = (await ClientOf(table).SubmitTransactionAsync(actions, cancellationToken)).Value;
            var etags = responses.Zip(operations, (response, operation) => operation.Kind == TableOperationKind.Delete ? "" : EntityETag.Of(response.Headers.ETag ?? default, partition, operation.Row));
            return new BatchResult(null, [.. etags]);
        }
        catch (TableTransactionFailedException failure) when (IsLostRace(failure))
        {
            if (failure.ErrorCode == "TableNotFound") _made.TryRemove(table, out _);
            return new BatchResult(failure.FailedTransactionActionIndex ?? 0, []);
        }
        catch (TableTransactionFailedException failure) when (StorageFaults.IsOfTheAccount(failure.Status))
        {
            // The answer to a batch holds that to its operation: to the pipeline it looked well.
            throw StorageFaults.Of(failure, Named(table));
        }
    }

    /// <inheritdoc/>
    public async Task<TablePage> Query(TableQuery query, CancellationToken cancellationToken = default)
    {
        TableLimits.Check(query);
        var from = TableContinuation.Parse(query.Continuation);
        var (found, more) = await FirstPage(query.Table, FilterOf(query, from), query.Take, cancellationToken);
        var entities = new List<TableEntity>(found.Count);
        foreach (var stored in found)
            if (await Read(query.Table, stored, cancellationToken) is { } entity) entities.Add(entity);
        return new TablePage(entities, Next(query, from, found, more)?.ToString());
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> Tables([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var end = prefix[..^1] + (char)(prefix[^1] + 1);
        string filter = TableClient.CreateQueryFilter($"TableName ge {prefix} and TableName lt {end}");
        var names = new List<string>();
        await foreach (var table in service.QueryAsync(filter, cancellationToken: cancellationToken))
        {
            // Another system's prefix may begin with this one, and its tables with it: the capital tells them apart.
            if (table.Name.StartsWith(Named(""), StringComparison.Ordinal)) names.Add(table.Name[Named("").Length..]);
        }
        foreach (var name in names.Order(StringComparer.Ordinal)) yield return name;
    }

    private static TableTransactionAction ActionOf(string partition, TableOperation operation, IReadOnlyDictionary<string, string> properties)
    {
        var entity = new Stored(partition, operation.Row);
        foreach (var (name, value) in properties) entity[PropertyNames.Escape(name)] = value;
        return operation.Kind switch
        {
            TableOperationKind.Insert => new TableTransactionAction(TableTransactionActionType.Add, entity),
            TableOperationKind.Replace => new TableTransactionAction(TableTransactionActionType.UpdateReplace, entity, ETagOf(partition, operation)),
            TableOperationKind.Upsert => new TableTransactionAction(TableTransactionActionType.UpsertReplace, entity),
            TableOperationKind.Delete => new TableTransactionAction(TableTransactionActionType.Delete, entity, ETagOf(partition, operation)),
            _ => throw new ArgumentException($"'{operation.Kind}' is no operation."),
        };
    }

    private static ETag ETagOf(string partition, TableOperation operation) => operation.ETag switch
    {
        null => throw new ArgumentException($"Row '{operation.Row}': a replace and a delete need an ETag, or '*'."),
        "*" => ETag.All,
        var etag => EntityETag.Parse(etag, partition, operation.Row),
    };

    private static string? FilterOf(TableQuery query, TableContinuation? from)
    {
        var conditions = new List<string>();
        void And(FormattableString condition) => conditions.Add(TableClient.CreateQueryFilter(condition));
        if (query.Partition is { } partition) And($"PartitionKey eq {partition}");
        else if (from is { Row: null }) And($"PartitionKey gt {from.Partition}");
        else if (from is not null) And($"PartitionKey eq {from.Partition}");

        if (from is { Row: { } last }) And($"RowKey gt {last}");
        else if (query.RowFrom is { } low) And($"RowKey ge {low}");
        if (query.RowTo is { } high) And($"RowKey lt {high}");
        return conditions.Count == 0 ? null : string.Join(" and ", conditions);
    }

    private static TableContinuation? Next(TableQuery query, TableContinuation? from, IReadOnlyList<Stored> found, bool more)
    {
        if (more) return new TableContinuation(found[^1].PartitionKey, found[^1].RowKey);
        // The rest of one partition is done; there may be others.
        return query.Partition is null && from is { Row: not null } ? new TableContinuation(from.Partition, null) : null;
    }

    /// <summary>The first entities that the service gives; it may give empty pages before them. More: whether there may be others.</summary>
    private async Task<(IReadOnlyList<Stored> Found, bool More)> FirstPage(string table, string? filter, int take, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var page in ClientOf(table).QueryAsync<Stored>(filter, take, cancellationToken: cancellationToken).AsPages(pageSizeHint: take))
                if (page.Values.Count > 0) return (page.Values, page.ContinuationToken is not null);
        }
        catch (RequestFailedException failure) when (failure.Status == 404)
        {
            // A table that was never written to is empty.
        }
        return ([], false);
    }

    // Other conflicts, e.g. of a table that is being deleted, are faults.
    private static bool IsLostRace(RequestFailedException failure) => failure.Status is 404 or 412 || failure.ErrorCode == "EntityAlreadyExists";

    /// <summary>Every value of every entity that stands for one in a blob, as the entities are now.</summary>
    internal async IAsyncEnumerable<ContentHash> Moved([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var table in Tables(cancellationToken))
        {
            await foreach (var entity in ClientOf(table).QueryAsync<Stored>((string?)null, TableLimits.PageEntities, cancellationToken: cancellationToken))
                foreach (var (_, value) in entity)
                    if (value is string text && SpilledValues.Names(text) is { } hash) yield return hash;
        }
    }

    /// <summary>
    /// The entity with its values; null when it is gone. A value's blob goes some time after the entity was written anew: where it is missing, the entity
    /// is read again, and only one that still names it has lost it.
    /// </summary>
    private async Task<TableEntity?> Read(string table, Stored entity, CancellationToken cancellationToken)
    {
        try
        {
            return await Read(entity, cancellationToken);
        }
        catch (StoreDamagedException)
        {
            var now = await ClientOf(table).GetEntityIfExistsAsync<Stored>(entity.PartitionKey, entity.RowKey, cancellationToken: cancellationToken);
            if (!now.HasValue) return null;
            if (now.Value!.ETag == entity.ETag) throw;
            return await Read(table, now.Value, cancellationToken);
        }
    }

    private async Task<TableEntity> Read(Stored entity, CancellationToken cancellationToken)
    {
        var properties = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in entity)
        {
            if (name is "PartitionKey" or "RowKey" or "Timestamp" or "odata.etag" || value is not string text) continue;
            properties[PropertyNames.Unescape(name)] = await values.Resolve(text, cancellationToken);
        }
        return new TableEntity(entity.PartitionKey, entity.RowKey, EntityETag.Of(entity.ETag, entity.PartitionKey, entity.RowKey), properties);
    }

    private async Task Make(string table, CancellationToken cancellationToken)
    {
        if (_made.ContainsKey(table)) return;
        await ClientOf(table).CreateIfNotExistsAsync(cancellationToken);
        _made[table] = 0;
    }

    private TableClient ClientOf(string table) => service.GetTableClient(Named(table));

    // Prefixes have no capitals.
    private string Named(string table) => $"{prefix}T{table}";
}
