using System.Runtime.ExceptionServices;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Chunks;
using Perennial.Learning.Reading.Parquet;

namespace Perennial.Learning.Reading;

/// <summary>
/// Reads Parquet (apache/parquet-format) with a flat schema: plain, dictionary, run-length and delta encodings, pages of versions 1 and
/// 2, uncompressed, Snappy or gzip. The file says what numbers, booleans and instants are; of strings the type is inferred as for JSON,
/// so that they may be timestamps but are never numbers. NaN is missing, and so is a cell whose CSV spelling is a missing token; an
/// infinity, an instant beyond the years 1 to 9999 and a string that is not UTF-8 or holds NUL make the row bad. Lists, maps and
/// structures, encryption and other codecs are refused by name.
/// </summary>
/// <remarks>Columns are read by all processors at once; what comes out does not depend on how many there are.</remarks>
public static class ParquetReader
{
    /// <summary>What a Parquet file begins and ends with.</summary>
    public static ReadOnlySpan<byte> Magic => "PAR1"u8;

    /// <summary>Reads a whole file; the stream is left open. Rows count from 1 where the result or a fault names a line.</summary>
    /// <param name="parquet">The file from the stream's first byte to its last, whatever its position; it must be able to seek.</param>
    /// <param name="options">How; the delimiter does not matter.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DataFormatException">The file cannot be read, or has more bad rows than the options allow.</exception>
    /// <exception cref="ArgumentException">The stream cannot seek.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static ReadResult Read(Stream parquet, ReadOptions options, CancellationToken ct = default)
    {
        if (!parquet.CanSeek) throw new ArgumentException("A Parquet file is read from its end: the stream must be able to seek.", nameof(parquet));
        var file = new ParquetFile(parquet, options, ct);
        var footer = file.ReadFooter();
        var (columns, leaves, names) = new ParquetSchema(options, file.Faults).Read(footer.Schema);
        DeclaredColumns.Check(options, names);
        var rows = Check(file, footer, columns, leaves, options);
        var tables = new ParquetColumns(file, footer.Groups, rows, options);
        var read = new ParquetColumns.Result?[columns.Count];
        var failures = new ExceptionDispatchInfo?[columns.Count];
        Parallel.For(0, columns.Count, new ParallelOptions { MaxDegreeOfParallelism = ParallelReading.Workers(options) }, i =>
        {
            try
            {
                read[i] = tables.Read(columns[i]);
            }
            catch (Exception exception)
            {
                failures[i] = ExceptionDispatchInfo.Capture(exception);
            }
        });
        foreach (var failure in failures) failure?.Throw();
        return Assemble(read!, rows, options);
    }

    /// <summary>Holds the parts of the footer to one another and to the file's size, before memory is taken for rows.</summary>
    private static int Check(ParquetFile file, ParquetFooter footer, IReadOnlyList<LeafColumn> columns, int leaves, ReadOptions options)
    {
        var (rows, stored) = (0L, 0L);
        foreach (var group in footer.Groups)
        {
            if (group.Columns.Count != leaves) throw file.Faults.Damaged("a row group has another number of columns than the schema", file.DataEnd);
            if (group.Rows < 0 || group.Rows > Array.MaxLength) throw file.Faults.Damaged("a row group has an impossible number of rows", file.DataEnd);
            rows += group.Rows;
            foreach (var column in columns) stored += Math.Clamp(group.Columns[column.Index].Bytes, 0, file.Length + 1);
            if (stored > file.Length) throw file.Faults.Damaged("its columns are said to be longer than the file", file.DataEnd);
        }
        if (rows != footer.Rows) throw file.Faults.Damaged("its row groups have another number of rows than the file", file.DataEnd);
        if (rows > Array.MaxLength) throw file.Faults.Of("too-many-rows", $"The file has {rows:N0} rows; at most {Array.MaxLength:N0} are read. Split it.");
        if (rows == 0) throw file.Faults.Of("no-rows", "The file has columns but not one row. Add rows.");
        if (rows * sizeof(double) > Most(file, options) / Math.Max(1, columns.Count)) throw file.Faults.ExpandsTooFar(options.MaxExpansion);
        return (int)rows;
    }

    /// <summary>The most bytes that all columns may take: a run of one value is as short for billions of rows as for one.</summary>
    internal static long Most(ParquetFile file, ReadOptions options) => Math.Max(options.FreeExpansion, file.Length * options.MaxExpansion);

    private static ReadResult Assemble(ParquetColumns.Result[] read, int rows, ReadOptions options)
    {
        var byName = read.ToDictionary(r => r.Column.Name, StringComparer.Ordinal);
        var ordered = options.Schema is { } schema
            ? [.. schema.Select(s => byName.TryGetValue(s.Name, out var found) ? found : ParquetColumns.Absent(s, rows))]
            : read;
        var log = new BadRowLog(options, "row");
        var badRows = new HashSet<int>();
        foreach (var result in ordered)
            foreach (var cell in result.Bad)
                if (badRows.Add(cell.Row)) log.Add(new BadRow(cell.Row + 1L, result.Column.Name, cell.Reason) { Code = "bad-cell" });
        var bad = log.Close();
        var frame = new Frame([.. ordered.Select(r => r.Column)], rows);
        return new ReadResult(Table.Without(frame, badRows, options), bad, [.. ordered.Select(r => r.Report)]);
    }
}
