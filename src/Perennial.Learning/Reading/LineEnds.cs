namespace Perennial.Learning.Reading;

/// <summary>Line ends as a person's editor counts them.</summary>
internal static class LineEnds
{
    private const byte Cr = (byte)'\r', Lf = (byte)'\n';

    /// <summary>How many there are: LF, CRLF and lone CR each are one.</summary>
    public static long Count(ReadOnlySpan<byte> bytes)
    {
        long lines = bytes.Count(Lf);
        for (var i = bytes.IndexOf(Cr); i >= 0;)
        {
            if (i + 1 >= bytes.Length || bytes[i + 1] != Lf) lines++;
            var next = bytes[(i + 1)..].IndexOf(Cr);
            i = next < 0 ? -1 : i + 1 + next;
        }
        return lines;
    }
}
