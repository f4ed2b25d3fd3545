using System.Buffers;
using System.Text;

namespace Perennial.Core.Ports;

/// <summary>
/// The limits of Azure Tables (https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model),
/// enforced on every host so that nothing works locally that cannot work there.
/// </summary>
public static class TableLimits
{
    /// <summary>Bytes of a key as UTF-8, after escaping.</summary>
    public const int KeyBytes = 512;

    /// <summary>Operations a batch.</summary>
    public const int BatchOperations = 100;

    /// <summary>Bytes a batch.</summary>
    public const int BatchBytes = 4 * 1024 * 1024;

    /// <summary>Bytes a property's text, as UTF-16.</summary>
    public const int PropertyBytes = 64 * 1024;

    /// <summary>Bytes an entity, as UTF-16.</summary>
    public const int EntityBytes = 1024 * 1024;

    /// <summary>Bytes of a property's name as UTF-8, which may be empty: Azure takes 255 characters, of which an escaped name needs two a byte.</summary>
    public const int NameBytes = 120;

    /// <summary>Properties an entity.</summary>
    public const int Properties = 252;

    /// <summary>Entities a page of a query.</summary>
    public const int PageEntities = 1000;

    private static readonly SearchValues<char> NotInKeys = SearchValues.Create("/\\#?");

    /// <summary>Checks a batch before anything is written.</summary>
    /// <exception cref="ArgumentException">A limit is broken; the message names the limit, the row and the property.</exception>
    public static void Check(string table, string partition, IReadOnlyList<TableOperation> operations)
    {
        CheckTable(table);
        CheckKey("partition", partition);
        if (operations.Count is 0 or > BatchOperations)
            throw new ArgumentException($"A batch has 1 to {BatchOperations} operations; this one has {operations.Count}.");
        long batch = 0;
        var rows = operations.Count > 1 ? new HashSet<string>(StringComparer.Ordinal) : null;
        foreach (var operation in operations)
        {
            CheckKey("row", operation.Row);
            if (rows?.Add(operation.Row) == false) throw new ArgumentException($"Row '{operation.Row}' appears twice in the batch.");
            batch += CheckEntity(operation);
        }
        if (batch > BatchBytes) throw new ArgumentException($"The batch has {batch} bytes; at most {BatchBytes} go into one.");
    }

    /// <summary>Checks a table's name: 3 to 63 letters and digits, a letter first.</summary>
    public static void CheckTable(string table)
    {
        if (table.Length is < 3 or > 63 || !char.IsAsciiLetter(table[0]) || !table.All(char.IsAsciiLetterOrDigit))
            throw new ArgumentException($"'{table}' is no table name: 3 to 63 ASCII letters and digits, a letter first.");
    }

    /// <summary>Checks a key: printable ASCII without / \ # ?, 1 to 512 bytes.</summary>
    public static void CheckKey(string kind, string key)
    {
        if (key.Length == 0 || Encoding.UTF8.GetByteCount(key) > KeyBytes || key.AsSpan().ContainsAnyExceptInRange(' ', '~') || key.AsSpan().IndexOfAny(NotInKeys) >= 0)
            throw new ArgumentException($"'{key}' is no {kind} key: 1 to {KeyBytes} printable ASCII characters without / \\ # ?. Escape it first.");
    }

    /// <summary>Checks a query.</summary>
    /// <exception cref="ArgumentException">A limit is broken; the message names it.</exception>
    public static void Check(TableQuery query)
    {
        CheckTable(query.Table);
        if (query.Partition is not null) CheckKey("partition", query.Partition);
        else if (query.RowFrom is not null || query.RowTo is not null) throw new ArgumentException("Bounds of the row key need a partition.");
        if (query.Take is < 1 or > PageEntities)
            throw new ArgumentException($"A page has 1 to {PageEntities} entities; {query.Take} were asked for.");
    }

    private static long CheckEntity(TableOperation operation)
    {
        if ((operation.Kind == TableOperationKind.Delete) != (operation.Properties is null))
            throw new ArgumentException($"Row '{operation.Row}': a delete has no properties, everything else has.");
        if (operation.Properties is null) return 0;
        if (operation.Properties.Count > Properties)
            throw new ArgumentException($"Row '{operation.Row}' has {operation.Properties.Count} properties; at most {Properties} are allowed.");
        long entity = 0;
        foreach (var (name, value) in operation.Properties)
        {
            if (Encoding.UTF8.GetByteCount(name) > NameBytes)
                throw new ArgumentException($"Row '{operation.Row}', property '{name}': a name has at most {NameBytes} bytes.");
            if (value.Length * 2L > PropertyBytes)
                throw new ArgumentException($"Row '{operation.Row}', property '{name}' has {value.Length * 2L} bytes; at most {PropertyBytes} are allowed. Put it into the content store.");
            entity += (name.Length + value.Length) * 2L;
        }
        if (entity > EntityBytes) throw new ArgumentException($"Row '{operation.Row}' has {entity} bytes; at most {EntityBytes} are allowed.");
        return entity;
    }
}
