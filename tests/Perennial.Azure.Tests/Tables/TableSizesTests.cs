using System.Text;
using System.Text.Json;
using Perennial.Azure.Tables;

namespace Perennial.Azure.Tests.Tables;

/// <summary>Azurite takes more than Azure, so that the sums are held against what is sent.</summary>
public sealed class TableSizesTests
{
    [Theory]
    [InlineData("p", "r", "plain", "value")]
    [InlineData("'", "'", "odata.etag", "<'✓'>")]
    [InlineData("%", "&", "ü", "")]
    public void An_operation_is_never_larger_than_it_is_taken_for(string partition, string row, string name, string value)
    {
        var (longPartition, longRow) = (string.Concat(Enumerable.Repeat(partition, 512)), string.Concat(Enumerable.Repeat(row, 512)));
        var properties = new Dictionary<string, string> { [name] = string.Concat(Enumerable.Repeat(value, 1000)) };
        var body = new Dictionary<string, string> { ["PartitionKey"] = longPartition, ["RowKey"] = longRow };
        foreach (var (key, text) in properties) body[PropertyNames.Escape(key)] = text;

        var sent = 1024 + Uri.EscapeDataString($"{longPartition}{longRow}".Replace("'", "''", StringComparison.Ordinal)).Length
            + Encoding.UTF8.GetByteCount(JsonSerializer.Serialize(body));

        Assert.InRange(sent, 1, TableSizes.Sent(longPartition, longRow, properties));
    }
}
