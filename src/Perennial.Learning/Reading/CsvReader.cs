using System.Text;
using Perennial.Learning.Reading.Chunks;
using Perennial.Learning.Reading.Scanning;

namespace Perennial.Learning.Reading;

/// <summary>
/// Reads CSV as RFC 4180 has it, in UTF-8 with or without a byte-order mark, gzip or not; the first record is the header. Beyond the
/// RFC: LF, CRLF and a lone CR each end a record; empty lines are skipped (a single missing cell is written <c>""</c>); a quote inside
/// an unquoted cell is an ordinary character; text after a closing quote makes the row bad. Cells are never trimmed, though numbers,
/// booleans and timestamps may have spaces around them. Types are inferred from the whole file.
/// </summary>
/// <remarks>The file is read in chunks of whole records by all processors; what comes out does not depend on how many there are.</remarks>
public static class CsvReader
{
    /// <summary>Reads to the end of the stream, which is left open. Memory is bounded by the columns, never by the text.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has more bad rows than the options allow.</exception>
    /// <exception cref="ArgumentException">The options are impossible, e.g. a quote as the delimiter.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ReadResult Read(Stream utf8, ReadOptions options, CancellationToken ct = default)
    {
        if (options.Delimiter is '"' or '\r' or '\n' or '\0' or > '\x7f')
            throw new ArgumentException("The delimiter must be an ASCII character other than a quote, CR, LF and NUL.", nameof(options));
        var kernel = options.Kernel ?? CsvKernel.Best;
        var source = new ChunkSource(utf8, options, bytes => kernel.LastRecordEnd(bytes, (byte)options.Delimiter), ct);
        var chunk = new ByteChunk();
        var (header, line) = ReadHeader(source, chunk, options);
        using var table = new Table(options, header, line, chunk.Index);
        DeclaredColumns.Check(options, header);
        IChunkReader Reader(WorkerRows rows)
        {
            foreach (var name in header) rows.AddColumn(name);
            return new CsvChunkReader(options, kernel, header, rows);
        }
        table.Read(source, chunk, Reader);
        return table.Finish();
    }

    /// <summary>The names, and the line after them; the chunk is left with the records after the header.</summary>
    private static (string[] Header, long NextLine) ReadHeader(ChunkSource source, ByteChunk chunk, ReadOptions options)
    {
        var records = new CsvRecordReader(options);
        for (long line = 1; source.TryTake(chunk); line += records.NextLine)
        {
            records.Open(chunk);
            var found = records.Read([]);
            if (records.FileFault is { } fault)
                throw new DataFormatException(options.Source, fault.Code, fault.What, line + fault.Line, fault.Column);
            if (!found) continue;
            var header = Names(records, options, line + records.Line);
            chunk.Skip(records.NextByte);
            return (header, line + records.NextLine);
        }
        throw new DataFormatException(options.Source, "empty-file", "The file is empty. It needs a header line and at least one row.");
    }

    private static string[] Names(CsvRecordReader records, ReadOptions options, long line)
    {
        if (records.Fault is { } fault)
            throw new DataFormatException(options.Source, fault.Code, $"The header cannot be read: {fault.Reason}.", line);
        if (records.FieldCount > options.MaxColumns)
            throw new DataFormatException(options.Source, "too-many-columns",
                $"The header has {records.FieldCount:N0} columns; at most {options.MaxColumns:N0} are allowed. "
                + "Is the delimiter right, and does each row have its own line?", line);
        var header = new string[records.FieldCount];
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < header.Length; i++)
        {
            var name = header[i] = Encoding.UTF8.GetString(records.Field(i));
            if (string.IsNullOrWhiteSpace(name))
                throw new DataFormatException(options.Source, "empty-column-name",
                    $"The header's cell {i + 1} of {header.Length} is empty. Give each column a name.", line);
            if (!seen.TryAdd(name, i))
                throw new DataFormatException(options.Source, "duplicate-column-name",
                    $"The header names this column twice (cells {seen[name] + 1} and {i + 1}). Rename or remove one.", line, name);
        }
        return header;
    }
}
