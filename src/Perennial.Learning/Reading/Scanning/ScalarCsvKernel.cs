using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading.Scanning;

/// <summary>The meaning, byte by byte.</summary>
internal sealed class ScalarCsvKernel : CsvKernel
{
    private enum State { FieldStart, Unquoted, Quoted, QuoteInQuoted }

    /// <inheritdoc/>
    public override int LastRecordEnd(ReadOnlySpan<byte> bytes, byte delimiter)
    {
        var (state, end) = (State.FieldStart, 0);
        for (var i = 0; i < bytes.Length; i++)
        {
            state = Next(state, bytes[i], delimiter, out _);
            if (state != State.FieldStart || bytes[i] == delimiter) continue;
            // CR ends the record before LF does, but the LF belongs to it.
            if (bytes[i] == Cr && i + 1 == bytes.Length) continue;
            if (bytes[i] == Cr && bytes[i + 1] == Lf) continue;
            end = i + 1;
        }
        return end;
    }

    /// <inheritdoc/>
    protected override ChunkContent Index(ByteChunk chunk, byte delimiter, CsvIndex index)
    {
        var bytes = chunk.Bytes.AsSpan(0, chunk.TerminatedLength);
        var (state, content) = (State.FieldStart, ChunkContent.Ascii);
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            state = Next(state, b, delimiter, out var irregular);
            if (irregular || b == 0) return ChunkContent.Irregular;
            if (b >= 0x80) content = ChunkContent.Plain;
            if (state == State.Quoted && b is Cr or Lf) index.QuotedLineEnds = true;
            if (state != State.FieldStart || (b == Cr && i + 1 < bytes.Length && bytes[i + 1] == Lf)) continue;
            index.Positions[index.Count++] = i;
            if (b != delimiter) index.LineEnds++;
        }
        return state == State.FieldStart ? content : ChunkContent.Irregular;
    }

    private static State Next(State state, byte b, byte delimiter, out bool irregular)
    {
        irregular = false;
        switch (state)
        {
            case State.Quoted:
                return b == Quote ? State.QuoteInQuoted : State.Quoted;
            case State.FieldStart or State.QuoteInQuoted when b == Quote:
                return State.Quoted;
        }
        if (b is Cr or Lf || b == delimiter) return State.FieldStart;
        irregular = state == State.QuoteInQuoted || b == Quote;
        return State.Unquoted;
    }
}
