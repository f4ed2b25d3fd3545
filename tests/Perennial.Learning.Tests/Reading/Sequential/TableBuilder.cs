using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>Collects rows of cells from either format and makes the frame, the types and the reports of them.</summary>
internal sealed class TableBuilder(ReadOptions options)
{
    private readonly List<string> _names = [];
    private readonly List<CellStore?> _stores = [];
    private readonly LineMap _lines = new();
    private readonly byte[][] _missing = [.. options.MissingTokens.Select(Encoding.UTF8.GetBytes)];
    private readonly HashSet<string>? _declared = options.Schema is null ? null : [.. options.Schema.Select(s => s.Name)];
    private int _rows;

    public BadRowLog Bad { get; } = new(options);

    public int ColumnCount => _names.Count;

    /// <summary>Adds a column, missing in every row so far; a column outside the declared schema takes no memory.</summary>
    public void AddColumn(string name)
    {
        _names.Add(name);
        _stores.Add(_declared is null || _declared.Contains(name)
            ? new CellStore(Math.Max(options.MaxCategoricalLevels, options.DistinctCells), _missing)
            : null);
    }

    public void BeginRow(long line) => _lines.Add(line);

    public void AddCell(int column, ReadOnlySpan<byte> cell, CellKinds kind)
    {
        if (_stores[column] is not { } store) return;
        Pad(store, _rows);
        store.Add(cell, kind);
    }

    public void EndRow() => _rows++;

    /// <summary>Refuses a file that lacks a declared column.</summary>
    public void CheckDeclared()
    {
        var wanted = (options.Schema?.Select(s => s.Name) ?? []).Concat(options.Types.Keys);
        if (wanted.FirstOrDefault(name => !_names.Contains(name)) is not { } absent) return;
        var has = string.Join(", ", _names.Take(20)) + (_names.Count > 20 ? ", …" : "");
        throw new DataFormatException(options.Source, "missing-column", $"The file has no such column; it has: {has}.", null, absent);
    }

    public ReadResult Finish()
    {
        if (_rows == 0)
        {
            Bad.Close();
            throw new DataFormatException(options.Source, "no-rows", Bad.Count == 0
                ? "There is a header but not one row under it. Add rows."
                : $"Not one row is good; {Bad.Count:N0} are bad. Correct the file.");
        }
        var columns = new List<Column>();
        var reports = new List<ColumnReport>();
        var badRows = new HashSet<int>();
        foreach (var (name, store, declared) in Chosen())
        {
            Pad(store, _rows);
            var (column, report) = declared is { } type
                ? Declared(name, store, type, badRows)
                : Inferred(name, store);
            columns.Add(column);
            reports.Add(report);
        }
        var bad = Bad.Close();
        return new ReadResult(Without(new Frame(columns, _rows), badRows), bad, reports);
    }

    private IEnumerable<(string Name, CellStore Store, ColumnType? Declared)> Chosen()
    {
        if (options.Schema is { } schema)
            return schema.Select(s => (s.Name, _stores[_names.IndexOf(s.Name)]!, (ColumnType?)s.Type));
        return _names.Select((name, i) => (name, _stores[i]!, options.Types.TryGetValue(name, out var type) ? type : (ColumnType?)null));
    }

    private static void Pad(CellStore store, int rows)
    {
        while (store.Count < rows) store.AddMissing();
    }

    private (Column, ColumnReport) Inferred(string name, CellStore store)
    {
        var inferred = ColumnInference.Infer(store, options, _lines);
        var column = ColumnParsing.Parse(name, inferred.Type, store, static (_, _) => { });
        return (column, new ColumnReport(name, inferred.Type, store.Missing, store.Distinct, inferred.Reason, inferred.Hints));
    }

    private (Column, ColumnReport) Declared(string name, CellStore store, ColumnType type, HashSet<int> badRows)
    {
        var bad = 0;
        var column = ColumnParsing.Parse(name, type, store, (row, reason) =>
        {
            bad++;
            if (badRows.Add(row)) Bad.Add(new BadRow(_lines[row], name, reason) { Code = "bad-cell" });
        });
        var reason = $"{type.ToString().ToLowerInvariant()}: declared; {Counted.Of(store.Missing, "missing")}"
            + (bad == 0 ? "" : $"; {bad:N0} bad");
        return (column, new ColumnReport(name, type, store.Missing, store.Distinct, reason, []));
    }

    private Frame Without(Frame frame, HashSet<int> badRows)
    {
        if (badRows.Count == 0) return frame;
        if (badRows.Count == frame.RowCount)
            throw new DataFormatException(options.Source, "no-rows", "Not one row is good. Correct the file or the declared types.");
        return frame.Take([.. Enumerable.Range(0, frame.RowCount).Where(row => !badRows.Contains(row))]);
    }
}
