using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Cells;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>Collects the rows of all workers of either format and makes the frame, the types and the reports of them.</summary>
/// <param name="options">How the file is read.</param>
/// <param name="header">The columns; null where rows bring their own.</param>
/// <param name="firstLine">The line after the header, from 1.</param>
/// <param name="firstChunk">The chunk with that line.</param>
internal sealed class Table(ReadOptions options, string[]? header, long firstLine, int firstChunk) : IDisposable
{
    private readonly RowMap _rows = new();
    private readonly LineMap _lines = new();
    private readonly BadRowLog _bad = new(options);
    private readonly ColumnShares _shares = new(options);
    private WorkerRows[] _workers = [];

    /// <summary>Whether there was anything but empty lines.</summary>
    public bool AnyRecord { get; private set; }

    /// <summary>The columns by first appearance.</summary>
    public IReadOnlyList<string> Names => header ?? [.. _workers
        .SelectMany((rows, worker) => rows.Names.Select((name, i) => (Name: name, Worker: worker, Index: i)).Where(_ => rows.Count > 0))
        .OrderBy(c => _rows.ToFile(c.Worker, _workers[c.Worker].FirstRow(c.Index))).ThenBy(c => c.Index)
        .Select(c => c.Name).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads all chunks.</summary>
    /// <param name="source">The file.</param>
    /// <param name="first">What is left of the chunk that was taken already; null where none was.</param>
    /// <param name="reader">Makes a worker that adds to the given rows.</param>
    public void Read(ChunkSource source, ByteChunk? first, Func<WorkerRows, IChunkReader> reader)
    {
        if (first is null && !source.TryTake(first = new ByteChunk())) return;
        // A file of one chunk is not worth waking another thread for.
        _workers = new WorkerRows[source.Ended ? 1 : ParallelReading.Workers(options)];
        for (var i = 0; i < _workers.Length; i++) _workers[i] = new WorkerRows(_shares);
        var commit = new ChunkCommit(options, _rows, _lines, _bad, firstChunk, firstLine);
        ParallelReading.Run(source, first, [.. _workers.Select(reader)], commit);
        AnyRecord = commit.AnyRecord;
        foreach (var worker in _workers) worker.Close();
    }

    public ReadResult Finish()
    {
        if (_rows.Rows == 0)
        {
            _bad.Close();
            throw new DataFormatException(options.Source, "no-rows", _bad.Count == 0
                ? "There is a header but not one row under it. Add rows."
                : $"Not one row is good; {_bad.Count:N0} are bad. Correct the file.");
        }
        var columns = new List<Column>();
        var reports = new List<ColumnReport>();
        var badRows = new HashSet<int>();
        var names = options.Schema is { } schema ? [.. schema.Select(s => s.Name)] : Names;
        var cells = new ColumnCells[names.Count];
        var inferred = new ColumnInference.Inferred?[names.Count];
        Parallel.For(0, names.Count, i =>
        {
            cells[i] = CellsOf(names[i]);
            if (DeclaredType(i, names[i]) is null) inferred[i] = ColumnInference.Infer(cells[i], options, _lines);
        });
        for (var i = 0; i < names.Count; i++)
        {
            var (column, report) = inferred[i] is { } found ? Inferred(cells[i], found) : Declared(cells[i], DeclaredType(i, names[i])!.Value, badRows);
            columns.Add(column);
            reports.Add(report);
        }
        var bad = _bad.Close();
        return new ReadResult(Without(new Frame(columns, _rows.Rows), badRows, options), bad, reports);
    }

    private ColumnType? DeclaredType(int column, string name) =>
        options.Schema is { } schema ? schema[column].Type : options.Types.TryGetValue(name, out var type) ? type : null;

    private ColumnCells CellsOf(string name)
    {
        var stores = new CellStore?[_workers.Length];
        for (var i = 0; i < stores.Length; i++)
            if (_workers[i].IndexOf(name) is >= 0 and var index) stores[i] = _workers[i].Store(index);
        return new ColumnCells(name, _shares.Of(name)!, stores, _rows);
    }

    private static (Column, ColumnReport) Inferred(ColumnCells cells, ColumnInference.Inferred inferred)
    {
        var report = new ColumnReport(cells.Name, inferred.Type, cells.Missing, cells.Distinct, inferred.Reason, inferred.Hints);
        return (ColumnParsing.Parse(inferred.Type, cells, 0, static (_, _) => { }), report);
    }

    private (Column, ColumnReport) Declared(ColumnCells cells, ColumnType type, HashSet<int> badRows)
    {
        var bad = 0;
        var (missing, distinct) = (cells.Missing, cells.Distinct);
        var column = ColumnParsing.Parse(type, cells, options.MaxBadRows, (row, reason) =>
        {
            bad++;
            if (badRows.Add(row)) _bad.Add(new BadRow(_lines[row], cells.Name, reason) { Code = "bad-cell" });
        });
        var summary = $"{type.ToString().ToLowerInvariant()}: declared; {Counted.Of(missing, "missing")}" + (bad == 0 ? "" : $"; {bad:N0} bad");
        return (column, new ColumnReport(cells.Name, type, missing, distinct, summary, []));
    }

    /// <summary>The frame without bad rows.</summary>
    public static Frame Without(Frame frame, HashSet<int> badRows, ReadOptions options)
    {
        if (badRows.Count == 0) return frame;
        if (badRows.Count == frame.RowCount)
            throw new DataFormatException(options.Source, "no-rows", "Not one row is good. Correct the file or the declared types.");
        return frame.Take([.. Enumerable.Range(0, frame.RowCount).Where(row => !badRows.Contains(row))]);
    }

    public void Dispose()
    {
        foreach (var worker in _workers) worker.Dispose();
    }
}
