using System.Text.Json;

namespace Perennial.Azure.Tables;

/// <summary>
/// Where a query goes on: after a key that was returned, not at the row that the service would name, so that rows which come in between
/// are met. Two steps for a whole table, since a condition over both keys would scan it: first the rest of a partition, then the partitions
/// after it.
/// </summary>
/// <param name="Partition">The last partition that was looked at.</param>
/// <param name="Row">The last row that was returned; null where the partition is done.</param>
internal sealed record TableContinuation(string Partition, string? Row)
{
    public static TableContinuation? Parse(string? text)
    {
        if (text is null) return null;
        try
        {
            return JsonSerializer.Deserialize<TableContinuation>(text) ?? throw new ArgumentException($"'{text}' is no continuation of a query.");
        }
        catch (JsonException e)
        {
            throw new ArgumentException($"'{text}' is no continuation of a query.", e);
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this);
}
