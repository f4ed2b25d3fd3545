using System.Text;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// Partition and row as bytes with a zero between: keys are printable ASCII, so that the order of these bytes is the ordinal order of
/// (partition, row), and a partition's rows are those that begin with its name and the zero.
/// </summary>
internal static class TableKey
{
    private const byte Between = 0;

    /// <summary>The bytes of a key, or of a bound, which may hold any text: what is not ASCII is behind all that is.</summary>
    public static byte[] Of(string partition, string row)
    {
        var key = new byte[partition.Length + 1 + row.Length];
        Copy(partition, key);
        key[partition.Length] = Between;
        Copy(row, key.AsSpan(partition.Length + 1));
        return key;
    }

    /// <summary>Partition and row again.</summary>
    public static (string Partition, string Row) Parts(ReadOnlySpan<byte> key)
    {
        var between = key.IndexOf(Between);
        return (Encoding.ASCII.GetString(key[..between]), Encoding.ASCII.GetString(key[(between + 1)..]));
    }

    private static void Copy(string text, Span<byte> target)
    {
        for (var i = 0; i < text.Length; i++) target[i] = text[i] <= '~' ? (byte)text[i] : byte.MaxValue;
    }
}
