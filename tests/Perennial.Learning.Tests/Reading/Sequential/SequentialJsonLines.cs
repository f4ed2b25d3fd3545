using System.Text.Json;
using System.Text.Unicode;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>
/// Reads JSON Lines in UTF-8: one flat object a line; LF or CRLF between them; empty lines are skipped. A key becomes a column when
/// it first appears and is missing in the rows before; <c>null</c> and absence are both missing, and so is a string that is a
/// missing token. Types are inferred from the whole file, but a JSON string is never made a number. A line that is not an object,
/// is invalid, nests values or repeats a key is a bad row.
/// </summary>
internal static class SequentialJsonLines
{
    /// <summary>Reads to the end of the stream, which is left open.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has more bad rows than the options allow.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ReadResult Read(Stream utf8, ReadOptions options, CancellationToken ct = default)
    {
        var lines = new LineReader(utf8, options, ct);
        var table = new TableBuilder(options);
        var row = new JsonRow(table, options);
        var any = false;
        while (lines.Read())
        {
            any = true;
            if (Add(row, lines) is { } fault) table.Bad.Add(fault);
        }
        if (!any)
            throw new DataFormatException(options.Source, "empty-file", "The file is empty. It needs one JSON object a line.");
        table.CheckDeclared();
        return table.Finish();
    }

    private static BadRow? Add(JsonRow row, LineReader lines)
    {
        var text = lines.Text;
        if (!Utf8.IsValid(text))
            return new BadRow(lines.Line, null, "bytes that are not UTF-8; save the file as UTF-8") { Code = "invalid-utf8" };
        if (text.Contains((byte)0))
            return new BadRow(lines.Line, null, "a NUL byte; the file is binary, damaged, or UTF-16: save it as UTF-8 text")
            { Code = "nul-byte" };
        try
        {
            return row.TryAdd(text, lines.Line);
        }
        catch (JsonException exception)
        {
            return new BadRow(lines.Line, null, $"invalid JSON at byte {exception.BytePositionInLine + 1}") { Code = "invalid-json" };
        }
        catch (InvalidOperationException)
        {
            // The tokenizer lets an escaped half of a surrogate pair pass; unescaping it does not.
            return new BadRow(lines.Line, null, "a \\u escape that is half of a surrogate pair") { Code = "invalid-json" };
        }
    }
}
