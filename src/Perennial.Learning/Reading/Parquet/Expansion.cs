using System.IO.Compression;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Expands pages, and bounds what may come of them before any memory is taken.</summary>
internal static class Expansion
{
    private const int Uncompressed = 0, SnappyCodec = 1, GzipCodec = 2;

    // Deflate stands for at most 1,032 bytes by one (zlib, "Technical Details").
    private const int MostOfDeflate = 1_032;

    private static readonly string[] Names = ["none", "Snappy", "gzip", "LZO", "Brotli", "LZ4", "Zstandard", "LZ4 raw"];

    /// <summary>Refuses codecs that are not read.</summary>
    public static void Check(int codec, ParquetFaults faults)
    {
        if (codec is Uncompressed or SnappyCodec or GzipCodec) return;
        var name = codec > 0 && codec < Names.Length ? Names[codec] : $"codec {codec}";
        throw faults.Unsupported($"The column is compressed by {name}, which is not read", "Write the file with Snappy, with gzip or uncompressed");
    }

    /// <summary>Whether so many bytes may really be what so many stored ones stand for.</summary>
    public static bool IsPossible(int codec, int stored, int expanded) => codec switch
    {
        Uncompressed => stored == expanded,
        SnappyCodec => expanded <= (long)stored * Snappy.MostExpansion,
        _ => expanded <= (long)stored * MostOfDeflate,
    };

    /// <summary>Fills <paramref name="to"/> exactly; false where the stored bytes are damaged or stand for more or fewer.</summary>
    public static bool TryExpand(int codec, ArraySegment<byte> stored, Span<byte> to)
    {
        if (codec == SnappyCodec) return Snappy.TryExpand(stored, to);
        try
        {
            using var gzip = new GZipStream(new MemoryStream(stored.Array!, stored.Offset, stored.Count), CompressionMode.Decompress);
            return gzip.ReadAtLeast(to, to.Length, throwOnEndOfStream: false) == to.Length && gzip.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
