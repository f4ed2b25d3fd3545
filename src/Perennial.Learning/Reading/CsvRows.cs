using Perennial.Learning.Reading.Chunks;
using Perennial.Learning.Reading.Scanning;

namespace Perennial.Learning.Reading;

/// <summary>Makes rows of an index: one start a row, and as many ends as there are columns.</summary>
internal sealed class CsvRows(int columns)
{
    private const byte Cr = (byte)'\r', Lf = (byte)'\n', Quote = (byte)'"';
    private int[] _starts = [];

    /// <summary>The first byte of each row.</summary>
    public ReadOnlySpan<int> Starts => _starts;

    public int Count { get; private set; }

    public static BadRow Ragged(long line, int cells, int columns) =>
        new(line, null, $"{cells:N0} cells where the header has {columns:N0}") { Code = "ragged-row" };

    /// <summary>Keeps in the index's positions the ends of the cells of good rows, and puts lines and ragged rows into the outcome.</summary>
    public void Fill(ByteChunk chunk, CsvIndex index, ChunkOutcome outcome)
    {
        if (_starts.Length <= index.LineEnds) _starts = GC.AllocateUninitializedArray<int>(Math.Max(index.LineEnds + 1, 2 * _starts.Length));
        if (!index.QuotedLineEnds && index.Count == (long)index.LineEnds * columns && TryEven(chunk.Bytes, index))
        {
            outcome.RowLines.Add(0, Count);
            outcome.Lines = Count;
        }
        else FillUneven(chunk.Bytes, index, outcome);
    }

    /// <summary>All rows have as many cells as there are columns exactly when each so-manieth end is a line end: there are no others.</summary>
    private bool TryEven(byte[] bytes, CsvIndex index)
    {
        var positions = index.Positions;
        _starts[0] = 0;
        Count = 0;
        for (var last = columns - 1; last < index.Count; last += columns)
        {
            var end = positions[last];
            if (bytes[end] != Lf && bytes[end] != Cr) return false;
            if (end == _starts[Count] || (columns == 1 && IsEmpty(bytes, _starts[Count], end))) return false;
            _starts[++Count] = end + 1;
        }
        for (var last = columns - 1; last < index.Count; last += columns) positions[last] = WithoutCr(bytes, positions[last]);
        return true;
    }

    private void FillUneven(byte[] bytes, CsvIndex index, ChunkOutcome outcome)
    {
        Count = 0;
        var positions = index.Positions;
        var (start, kept, first, line) = (0, 0, 0, 0L);
        for (var i = 0; i < index.Count; i++)
        {
            var end = positions[i];
            if (bytes[end] != Lf && bytes[end] != Cr) continue;
            var (cells, thisLine) = (i + 1 - first, line);
            var record = bytes.AsSpan(start..end);
            line += 1 + (index.QuotedLineEnds && record.Contains(Quote) ? LineEnds.Count(bytes.AsSpan(start..WithoutCr(bytes, end))) : 0);
            if (cells > 1 || !IsEmpty(bytes, start, end))
            {
                if (cells == columns)
                {
                    positions.AsSpan(first, cells).CopyTo(positions.AsSpan(kept));
                    kept += cells;
                    positions[kept - 1] = WithoutCr(bytes, end);
                    _starts[Count++] = start;
                    outcome.RowLines.Add(thisLine);
                }
                else outcome.Bad.Add(Ragged(thisLine, cells, columns));
            }
            (first, start) = (i + 1, end + 1);
        }
        outcome.Lines = line;
    }

    private static bool IsEmpty(byte[] bytes, int start, int end) => start >= WithoutCr(bytes, end);

    /// <summary>The end of a record before its CRLF.</summary>
    private static int WithoutCr(byte[] bytes, int end) => end > 0 && bytes[end] == Lf && bytes[end - 1] == Cr ? end - 1 : end;
}
