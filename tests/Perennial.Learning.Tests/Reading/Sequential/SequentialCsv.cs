using System.Text;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>
/// Reads CSV as RFC 4180 has it, in UTF-8 with or without a byte-order mark; the first record is the header. Beyond the RFC: LF,
/// CRLF and a lone CR each end a record; empty lines are skipped (a single missing cell is written <c>""</c>); a quote inside an
/// unquoted cell is an ordinary character; text after a closing quote makes the row bad. Cells are never trimmed, though numbers,
/// booleans and timestamps may have spaces around them. Types are inferred from the whole file.
/// </summary>
internal static class SequentialCsv
{
    /// <summary>Reads to the end of the stream, which is left open. Memory is bounded by the columns, never by the text.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has more bad rows than the options allow.</exception>
    /// <exception cref="ArgumentException">The options are impossible, e.g. a quote as the delimiter.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ReadResult Read(Stream utf8, ReadOptions options, CancellationToken ct = default)
    {
        if (options.Delimiter is '"' or '\r' or '\n' or '\0' or > '\x7f')
            throw new ArgumentException("The delimiter must be an ASCII character other than a quote, CR, LF and NUL.", nameof(options));
        var records = new CsvRecordReader(utf8, options, ct);
        var header = ReadHeader(records, options);
        var table = new TableBuilder(options);
        foreach (var name in header) table.AddColumn(name);
        table.CheckDeclared();
        while (records.Read(header)) AddRow(table, records, header);
        return table.Finish();
    }

    private static void AddRow(TableBuilder table, CsvRecordReader records, string[] header)
    {
        if (records.Fault is { } fault)
        {
            table.Bad.Add(fault);
            return;
        }
        if (records.FieldCount != header.Length)
        {
            table.Bad.Add(new BadRow(records.Line, null,
                $"{records.FieldCount:N0} cells where the header has {header.Length:N0}")
            { Code = "ragged-row" });
            return;
        }
        table.BeginRow(records.Line);
        for (var i = 0; i < header.Length; i++) table.AddCell(i, records.Field(i), CellKinds.Plain);
        table.EndRow();
    }

    private static string[] ReadHeader(CsvRecordReader records, ReadOptions options)
    {
        if (!records.Read([]))
            throw new DataFormatException(options.Source, "empty-file", "The file is empty. It needs a header line and at least one row.");
        if (records.Fault is { } fault)
            throw new DataFormatException(options.Source, fault.Code, $"The header cannot be read: {fault.Reason}.", fault.Line);
        if (records.FieldCount > options.MaxColumns)
            throw new DataFormatException(options.Source, "too-many-columns",
                $"The header has {records.FieldCount:N0} columns; at most {options.MaxColumns:N0} are allowed. "
                + "Is the delimiter right, and does each row have its own line?", records.Line);
        var header = new string[records.FieldCount];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Length; i++)
        {
            var name = header[i] = Encoding.UTF8.GetString(records.Field(i));
            if (string.IsNullOrWhiteSpace(name))
                throw new DataFormatException(options.Source, "empty-column-name",
                    $"The header's cell {i + 1} of {header.Length} is empty. Give each column a name.", records.Line);
            if (!seen.TryAdd(name, i))
                throw new DataFormatException(options.Source, "duplicate-column-name",
                    $"The header names this column twice (cells {seen[name] + 1} and {i + 1}). Rename or remove one.", records.Line, name);
        }
        return header;
    }
}
