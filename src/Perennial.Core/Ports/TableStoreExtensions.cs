namespace Perennial.Core.Ports;

/// <summary>Whole ranges out of a table store.</summary>
public static class TableStoreExtensions
{
    /// <summary>All entities of a range, in its order, page by page.</summary>
    public static async Task<IReadOnlyList<TableEntity>> QueryAll(this ITableStore tables, TableQuery query, CancellationToken cancellationToken = default)
    {
        var all = new List<TableEntity>();
        do
        {
            var page = await tables.Query(query, cancellationToken);
            all.AddRange(page.Entities);
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
        return all;
    }
}
