using System.Collections.Concurrent;
using System.Text;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading;

/// <summary>What the rows of all workers share: which columns are wanted, and what is known of each.</summary>
internal sealed class ColumnShares(ReadOptions options)
{
    private readonly ConcurrentDictionary<string, ColumnShare> _shares = new(StringComparer.Ordinal);
    private readonly byte[][] _missing = [.. options.MissingTokens.Select(Encoding.UTF8.GetBytes)];
    private readonly HashSet<string>? _declared = options.Schema is null ? null : [.. options.Schema.Select(s => s.Name)];

    /// <summary>What the stores of a column share; null for one outside the declared schema, which takes no memory.</summary>
    public ColumnShare? Of(string column) => _declared is null || _declared.Contains(column)
        ? _shares.GetOrAdd(column, static (_, s) => new ColumnShare(s.options, s.missing),
            (options, missing: _missing))
        : null;
}

/// <summary>The rows that one worker read, of any of the file's chunks, in order.</summary>
internal sealed class WorkerRows(ColumnShares shares) : IDisposable
{
    private readonly BlockMemory _memory = new();
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _indexOf = new(StringComparer.Ordinal);
    private readonly List<CellStore?> _stores = [];
    private readonly List<int> _firstRows = [];

    /// <summary>The columns in the order in which this worker met them.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The rows so far.</summary>
    public int Count { get; private set; }

    /// <summary>The row in which the worker met the column.</summary>
    public int FirstRow(int column) => _firstRows[column];

    /// <summary>The column of that name; -1 where this worker did not meet it.</summary>
    public int IndexOf(string name) => _indexOf.GetValueOrDefault(name, -1);

    /// <summary>The column's cells; null where it is not wanted.</summary>
    public CellStore? Store(int column) => _stores[column];

    /// <summary>Adds a column, missing in every row so far.</summary>
    public void AddColumn(string name)
    {
        _indexOf.Add(name, _names.Count);
        _names.Add(name);
        _firstRows.Add(Count);
        _stores.Add(shares.Of(name) is { } share ? new CellStore(share, _memory) : null);
    }

    /// <summary>Adds a cell of the row that is not yet ended.</summary>
    public void AddCell(int column, ReadOnlySpan<byte> cell, CellKinds kind)
    {
        if (_stores[column] is not { } store) return;
        Pad(store);
        store.Add(cell, kind);
    }

    /// <summary>Ends so many rows; a column without a cell there is missing.</summary>
    public void EndRows(int rows) => Count += rows;

    /// <summary>Brings all columns to the same length.</summary>
    public void Close()
    {
        foreach (var store in _stores)
            if (store is not null) Pad(store);
        _memory.Close();
    }

    private void Pad(CellStore store)
    {
        while (store.Count < Count) store.AddMissing();
    }

    public void Dispose()
    {
        foreach (var store in _stores) store?.Dispose();
        _memory.Close();
    }
}
