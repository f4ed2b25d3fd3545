using System.Collections.ObjectModel;
using System.Globalization;
using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Tables;

/// <summary>An entity as it is kept; never changed once made.</summary>
internal sealed record StoredEntity(string Partition, string Row, long Sequence, IReadOnlyDictionary<string, string> Properties)
{
    public string ETag => FormatETag(Sequence);

    public static string FormatETag(long sequence) => sequence.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>A copy of properties that nobody else holds, read-only.</summary>
    public static IReadOnlyDictionary<string, string> Copy(IReadOnlyDictionary<string, string> properties) =>
        new ReadOnlyDictionary<string, string>(properties.ToDictionary(StringComparer.Ordinal));

    public int CompareTo(string partition, string row)
    {
        var order = string.CompareOrdinal(Partition, partition);
        return order != 0 ? order : string.CompareOrdinal(Row, row);
    }

    public TableEntity ToEntity() => new(Partition, Row, ETag, Properties);
}

/// <summary>One change: the new entity, or null where the row is removed.</summary>
internal sealed record Change(string Table, string Partition, string Row, StoredEntity? Entity);
