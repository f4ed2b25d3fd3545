using System.Globalization;
using System.Numerics;
using System.Text;

namespace Perennial.Local.Storage.Disks;

/// <summary>A short ASCII text as the whole content of a file: the text, a line feed, and its CRC-32C in hexadecimal digits.</summary>
internal static class CheckedText
{
    public static byte[] Encode(string text) => Encoding.ASCII.GetBytes($"{text}\n{Checksum(text)}");

    /// <summary>The text of a file; one that was written before there were checksums has none.</summary>
    /// <exception cref="CorruptStoreException">The file fails its checksum.</exception>
    public static string Decode(string path, byte[] bytes)
    {
        var content = Encoding.ASCII.GetString(bytes);
        var cut = content.IndexOf('\n', StringComparison.Ordinal);
        if (cut < 0) return content;
        return content[(cut + 1)..] == Checksum(content[..cut]) ? content[..cut] : throw new CorruptStoreException(path, 0, "it fails its checksum.");
    }

    private static string Checksum(string text)
    {
        var crc = uint.MaxValue;
        foreach (var c in text) crc = BitOperations.Crc32C(crc, (byte)c);
        return (~crc).ToString("x8", CultureInfo.InvariantCulture);
    }
}
