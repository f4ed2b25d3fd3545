namespace Perennial.Core.Ports;

/// <summary>
/// Entities by (table, partition, row), with an ETag on every write and transactional batches inside one partition. It has the
/// semantics and the limits of Azure Tables, enforced by every adapter (<see cref="TableLimits"/>): breaking one is an
/// <see cref="ArgumentException"/> that names it. Missing is null; a lost race is a result, never an exception. Safe for concurrent use.
/// </summary>
public interface ITableStore
{
    /// <summary>The entity, or null when there is none.</summary>
    Task<TableEntity?> Get(string table, string partition, string row, CancellationToken cancellationToken = default);

    /// <summary>
    /// Does all operations or none, durably before it returns. At most one operation a row. The result says which operation's
    /// condition did not hold, or gives the new ETags in the order of the operations (empty string for a delete).
    /// </summary>
    Task<BatchResult> Write(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default);

    /// <summary>A page of entities in ordinal order of (partition, row). A page can be empty and still have a continuation.</summary>
    Task<TablePage> Query(TableQuery query, CancellationToken cancellationToken = default);

    /// <summary>The names of all tables that ever held an entity, in ordinal order; some may be empty.</summary>
    IAsyncEnumerable<string> Tables(CancellationToken cancellationToken = default);
}

/// <summary>An entity: keys, ETag and properties.</summary>
/// <param name="Partition">The partition key.</param>
/// <param name="Row">The row key.</param>
/// <param name="ETag">Changes with every write; opaque.</param>
/// <param name="Properties">Property values by name; text, at most 64 KiB each as UTF-16.</param>
public sealed record TableEntity(string Partition, string Row, string ETag, IReadOnlyDictionary<string, string> Properties);

/// <summary>One change to one row.</summary>
/// <param name="Row">The row key.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Properties">All properties of the new entity; null for a delete.</param>
/// <param name="ETag">For replace and delete: the ETag that must still hold, or <c>"*"</c> for any existing entity.</param>
public sealed record TableOperation(string Row, TableOperationKind Kind, IReadOnlyDictionary<string, string>? Properties = null, string? ETag = null)
{
    /// <summary>Adds an entity that must not be there.</summary>
    public static TableOperation Insert(string row, IReadOnlyDictionary<string, string> properties) => new(row, TableOperationKind.Insert, properties);

    /// <summary>Replaces an entity that must have the ETag (<c>"*"</c>: that must be there).</summary>
    public static TableOperation Replace(string row, IReadOnlyDictionary<string, string> properties, string etag) => new(row, TableOperationKind.Replace, properties, etag);

    /// <summary>Writes the entity whether it is there or not.</summary>
    public static TableOperation Upsert(string row, IReadOnlyDictionary<string, string> properties) => new(row, TableOperationKind.Upsert, properties);

    /// <summary>Removes an entity that must have the ETag (<c>"*"</c>: that must be there).</summary>
    public static TableOperation Delete(string row, string etag) => new(row, TableOperationKind.Delete, null, etag);
}

/// <summary>What an operation does.</summary>
public enum TableOperationKind
{
    /// <summary>Adds; fails where the row is there.</summary>
    Insert,

    /// <summary>Replaces whole; fails where the row is missing or its ETag differs.</summary>
    Replace,

    /// <summary>Adds or replaces whole.</summary>
    Upsert,

    /// <summary>Removes; fails where the row is missing or its ETag differs.</summary>
    Delete,
}

/// <summary>The result of a batch.</summary>
/// <param name="FailedOperation">The index of the first operation whose condition did not hold; null when all were done.</param>
/// <param name="ETags">The new ETags in order, when all were done.</param>
public sealed record BatchResult(int? FailedOperation, IReadOnlyList<string> ETags)
{
    /// <summary>Whether all was done.</summary>
    public bool Succeeded => FailedOperation is null;
}

/// <summary>An ordered range.</summary>
/// <param name="Table">The table.</param>
/// <param name="Partition">Only this partition; null for all.</param>
/// <param name="RowFrom">Inclusive lower bound of the row key; needs a partition.</param>
/// <param name="RowTo">Exclusive upper bound of the row key; needs a partition.</param>
/// <param name="Take">At most so many entities a page, 1 to 1,000.</param>
/// <param name="Continuation">From the page before; null for the first.</param>
public sealed record TableQuery(string Table, string? Partition, string? RowFrom = null, string? RowTo = null, int Take = 1000, string? Continuation = null);

/// <summary>A page of a range.</summary>
/// <param name="Entities">In ordinal order of (partition, row).</param>
/// <param name="Continuation">For the next page; null after the last.</param>
public sealed record TablePage(IReadOnlyList<TableEntity> Entities, string? Continuation);
