namespace Perennial.Learning.Reading;

/// <summary>The first bytes of a file.</summary>
internal static class ByteOrderMark
{
    /// <summary>How many bytes to skip: 3 for UTF-8's mark, else none. UTF-16's and UTF-32's marks are refused.</summary>
    public static int Skip(ReadOnlySpan<byte> start, ReadOptions options) => start switch
    {
        [0xEF, 0xBB, 0xBF, ..] => 3,
        [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] => throw new DataFormatException(options.Source, "utf-16",
            "The file is UTF-16. Save it as UTF-8.", 1),
        _ => 0,
    };
}
