using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>
/// Reads JSON Lines in UTF-8, gzip or not: one flat object a line; LF or CRLF between them; empty lines are skipped. A key becomes a
/// column when it first appears and is missing in the rows before; <c>null</c> and absence are both missing, and so is a string that is
/// a missing token. Types are inferred from the whole file, but a JSON string is never made a number. A line that is not an object,
/// is invalid, nests values or repeats a key is a bad row.
/// </summary>
/// <remarks>The file is read in chunks of whole lines by all processors; what comes out does not depend on how many there are.</remarks>
public static class JsonLinesReader
{
    /// <summary>Reads to the end of the stream, which is left open.</summary>
    /// <exception cref="DataFormatException">The file cannot be read, or has more bad rows than the options allow.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ReadResult Read(Stream utf8, ReadOptions options, CancellationToken ct = default)
    {
        var source = new ChunkSource(utf8, options, static bytes => bytes.LastIndexOf((byte)'\n') + 1, ct);
        using var table = new Table(options, header: null, firstLine: 1, firstChunk: 0);
        table.Read(source, null, rows => new JsonChunkReader(options, rows));
        if (!table.AnyRecord)
            throw new DataFormatException(options.Source, "empty-file", "The file is empty. It needs one JSON object a line.");
        DeclaredColumns.Check(options, table.Names);
        return table.Finish();
    }
}
