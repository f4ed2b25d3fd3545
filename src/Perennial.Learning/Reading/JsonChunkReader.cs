using System.Text.Json;
using System.Text.Unicode;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>One worker of the JSON Lines reader.</summary>
internal sealed class JsonChunkReader(ReadOptions options, WorkerRows rows) : IChunkReader
{
    private readonly JsonRow _row = new(rows, options);

    /// <inheritdoc/>
    public ChunkOutcome Read(ByteChunk chunk)
    {
        var outcome = new ChunkOutcome { FirstRow = rows.Count };
        var rest = chunk.Span;
        for (; !rest.IsEmpty && outcome.Fault is null; outcome.Lines++)
        {
            var end = rest.IndexOf((byte)'\n');
            var length = end < 0 ? rest.Length : end;
            if (length > options.MaxLineBytes) outcome.Fault = TooLong(outcome.Lines);
            else AddLine(rest[..length].TrimEnd((byte)'\r'), outcome);
            rest = rest[(end < 0 ? length : length + 1)..];
        }
        return outcome;
    }

    private void AddLine(ReadOnlySpan<byte> text, ChunkOutcome outcome)
    {
        if (text.TrimStart(" \t\r"u8).IsEmpty) return;
        outcome.AnyRecord = true;
        if (Add(text, outcome) is { } bad) outcome.Bad.Add(bad);
    }

    private BadRow? Add(ReadOnlySpan<byte> text, ChunkOutcome outcome)
    {
        var line = outcome.Lines;
        if (!Utf8.IsValid(text))
            return new BadRow(line, null, "bytes that are not UTF-8; save the file as UTF-8") { Code = "invalid-utf8" };
        if (text.Contains((byte)0))
            return new BadRow(line, null, "a NUL byte; the file is binary, damaged, or UTF-16: save it as UTF-8 text") { Code = "nul-byte" };
        try
        {
            return _row.TryAdd(text, outcome);
        }
        catch (JsonException exception)
        {
            return new BadRow(line, null, $"invalid JSON at byte {exception.BytePositionInLine + 1}") { Code = "invalid-json" };
        }
        catch (InvalidOperationException)
        {
            // The tokenizer lets an escaped half of a surrogate pair pass; unescaping it does not.
            return new BadRow(line, null, "a \\u escape that is half of a surrogate pair") { Code = "invalid-json" };
        }
    }

    private FileFault TooLong(long line) => new("line-too-long",
        $"The line is longer than {options.MaxLineBytes:N0} bytes. JSON Lines has one object a line: is this one JSON array?", line);
}
