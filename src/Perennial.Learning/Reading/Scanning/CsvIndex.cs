using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading.Scanning;

/// <summary>Where the delimiters and line ends outside quotes are in a chunk, as a kernel finds them.</summary>
internal sealed class CsvIndex
{
    /// <summary>Entries after the last position that a kernel may overwrite.</summary>
    public const int Slack = 64;

    /// <summary>The positions, ascending; of CRLF only LF's.</summary>
    public int[] Positions { get; private set; } = [];

    public int Count { get; set; }

    /// <summary>How many of them are line ends.</summary>
    public int LineEnds { get; set; }

    /// <summary>Whether a quoted cell holds a line end.</summary>
    public bool QuotedLineEnds { get; set; }

    public void Reset(ByteChunk chunk)
    {
        if (Positions.Length < chunk.TerminatedLength + Slack)
            Positions = GC.AllocateUninitializedArray<int>(chunk.Bytes.Length + Slack, pinned: true);
        (Count, LineEnds, QuotedLineEnds) = (0, 0, false);
    }
}
