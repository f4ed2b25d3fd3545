using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tables;

/// <summary>
/// What Azure Tables measures, which is not quite what the port measures: an entity's names, keys and overheads count too, and a batch
/// counts as the JSON that is sent, where a character can take six bytes.
/// </summary>
internal static class TableSizes
{
    // The envelope of an operation in a batch: its headers and its address; a key's apostrophe is doubled and takes six bytes in that, and six in the body.
    private const int EnvelopeBytes = 2048;
    private const int KeyCharacterBytes = 12;
    private const int OverheadBytes = 512;

    /// <summary>Bytes of an entity that properties may take: 4 + 2 (partition + row) + 8 + 2 name + 2 value + 4 each.</summary>
    public static long Entity(string partition, string row, IEnumerable<KeyValuePair<string, string>> properties) =>
        OverheadBytes + (2L * (partition.Length + row.Length)) + properties.Sum(Property);

    /// <summary>Bytes of a property in an entity.</summary>
    public static long Property(KeyValuePair<string, string> property) => 12 + (2L * (PropertyNames.Escape(property.Key).Length + property.Value.Length));

    /// <summary>Bytes of an operation as it is sent.</summary>
    public static long Sent(string partition, string row, IEnumerable<KeyValuePair<string, string>> properties) =>
        EnvelopeBytes + (KeyCharacterBytes * (partition.Length + row.Length)) + properties.Sum(SentProperty);

    /// <summary>Bytes of a property as it is sent.</summary>
    public static long SentProperty(KeyValuePair<string, string> property) => 8 + Json(PropertyNames.Escape(property.Key)) + Json(property.Value);

    /// <summary>Whether the operation's properties are more than an entity may have.</summary>
    public static bool IsTooLarge(string partition, string row, IEnumerable<KeyValuePair<string, string>> properties) =>
        Entity(partition, row, properties) > TableLimits.EntityBytes;

    private static int Json(string text) => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length;
}
