using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading.Cells;

/// <summary>All cells of one column, in the stores of the workers. Rows are the file's.</summary>
/// <param name="name">The column's name.</param>
/// <param name="share">What the stores share.</param>
/// <param name="stores">One a worker; null where the worker never met the column.</param>
/// <param name="rows">Which worker has which rows.</param>
internal sealed class ColumnCells(string name, ColumnShare share, CellStore?[] stores, RowMap rows)
{
    private List<Level>? _levels;
    private int? _distinct;

    /// <summary>A distinct cell and the row of its first appearance.</summary>
    public readonly record struct Level(byte[] Cell, int Row);

    public string Name => name;

    public int Count => rows.Rows;

    public RowMap Rows => rows;

    /// <summary>Rows that one thread turns into values at a time.</summary>
    public int PartRows => share.PartRows;

    public IReadOnlyList<CellStore?> Stores => stores;

    public int Missing { get; } = CountMissing(stores, rows);

    /// <summary>Every kind of cell.</summary>
    public CellKinds Kinds
    {
        get
        {
            var kinds = CellKinds.None;
            foreach (var store in stores)
                for (var i = 0; i < store?.Kinds.Count; i++) kinds |= store.Kinds[i].Kind;
            return kinds;
        }
    }

    /// <summary>The row at which the second kind of cell appears; -1 where there is one kind only.</summary>
    public int KindChangedAt
    {
        get
        {
            if (CellKinds.None == (Kinds & (Kinds - 1))) return -1;
            return FirstRows().GroupBy(f => f.Kind, (_, f) => f.Min(x => x.Row)).Order().ElementAt(1);
        }
    }

    /// <summary>The distinct cells by first appearance: all of them, or one more than are counted.</summary>
    public IReadOnlyList<Level> Levels => _levels ??= share.Overflowed ? WalkLevels() : MergeLevels();

    /// <summary>How many distinct cells there are; null when there are too many to count.</summary>
    public int? Distinct
    {
        get
        {
            _distinct ??= CountDistinct();
            return _distinct <= share.DistinctLimit ? _distinct : null;
        }
    }

    /// <summary>The most distinct cells that are counted.</summary>
    public int DistinctLimit => share.DistinctLimit;

    private IEnumerable<(CellKinds Kind, int Row)> FirstRows() =>
        stores.SelectMany((store, worker) => store is null ? [] : store.Kinds.Select(k => (k.Kind, rows.ToFile(worker, k.Row))));

    /// <summary>How many distinct cells there are; some number beyond the limit where there are more.</summary>
    private int CountDistinct()
    {
        if (share.Overflowed) return share.Uncounted && !ManyValues() ? Levels.Count : int.MaxValue;
        var (distinct, before) = (0, new List<CellDictionary>());
        foreach (var store in stores)
        {
            if (store is null) continue;
            for (var code = 1; code <= store.Dictionary.Count && distinct <= share.DistinctLimit; code++)
                if (!IsInAny(before, store.Dictionary[code])) distinct++;
            before.Add(store.Dictionary);
        }
        return distinct;
    }

    /// <summary>
    /// Whether decimals or instants alone are more distinct ones than are counted, which is found sooner than by spellings: two packed
    /// decimals, and two instants, are never spelled alike.
    /// </summary>
    private bool ManyValues() => Exceeds(BlockKind.Decimals) || Exceeds(BlockKind.Timestamps);

    private bool Exceeds(BlockKind kind)
    {
        var seen = new HashSet<long>();
        foreach (var store in stores)
        {
            foreach (var block in store?.Blocks ?? [])
            {
                if (block.Kind != kind) continue;
                var last = CellBlock.Missing;
                foreach (var value in block.Values[..block.Rows])
                {
                    if (value == last || value is CellBlock.Missing or CellBlock.Other) continue;
                    last = value;
                    if (seen.Add(value) && seen.Count > share.DistinctLimit) return true;
                }
            }
        }
        return false;
    }

    private static int CountMissing(CellStore?[] stores, RowMap rows)
    {
        var missing = rows.Rows;
        foreach (var store in stores) missing -= store is null ? 0 : store.Count - store.Missing;
        return missing;
    }

    private static bool IsInAny(List<CellDictionary> dictionaries, ReadOnlySpan<byte> cell)
    {
        foreach (var dictionary in dictionaries)
            if (dictionary.Find(cell) > 0) return true;
        return false;
    }

    private List<Level> MergeLevels()
    {
        var firstRow = new Dictionary<byte[], int>(Utf8Comparer.Instance);
        var lookup = firstRow.GetAlternateLookup<ReadOnlySpan<byte>>();
        for (var worker = 0; worker < stores.Length; worker++)
        {
            if (stores[worker]?.Dictionary is not { } dictionary) continue;
            for (var code = 1; code <= dictionary.Count; code++)
            {
                var row = rows.ToFile(worker, dictionary.FirstRow(code));
                if (!lookup.TryGetValue(dictionary[code], out var known) || row < known) lookup[dictionary[code]] = row;
            }
        }
        return [.. firstRow.Select(l => new Level(l.Key, l.Value)).OrderBy(l => l.Row)];
    }

    private List<Level> WalkLevels()
    {
        var levels = new List<Level>();
        var seen = new HashSet<byte[]>(Utf8Comparer.Instance);
        var lookup = seen.GetAlternateLookup<ReadOnlySpan<byte>>();
        Span<byte> scratch = stackalloc byte[64];
        foreach (var piece in rows.Pieces)
        {
            var cells = new CellCursor(stores[piece.Worker], piece.FirstOfWorker, piece.Rows, scratch);
            while (cells.MoveNext())
            {
                if (cells.IsMissing || !lookup.Add(cells.Cell)) continue;
                levels.Add(new Level(cells.Cell.ToArray(), piece.First + cells.Row - piece.FirstOfWorker));
                if (levels.Count > share.DistinctLimit) return levels;
            }
        }
        return levels;
    }
}
