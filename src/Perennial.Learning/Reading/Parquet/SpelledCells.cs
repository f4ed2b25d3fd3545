using System.Runtime.CompilerServices;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Values as the cells that a CSV file would have, where a type is to be inferred or another one than the file's is declared.</summary>
/// <param name="leaf">The column.</param>
/// <param name="share">What is missing, and how many distinct ones are counted.</param>
/// <param name="bad">Takes what cannot be a cell.</param>
/// <param name="budget">Refuses cells and dictionaries that take too much memory.</param>
/// <param name="faults">For the column.</param>
internal sealed class SpelledCells(LeafColumn leaf, ColumnShare share, BadCells bad, ParquetBudget budget, ParquetFaults faults)
    : IParquetCells, IDisposable
{
    private readonly BlockMemory _memory = new();
    private readonly List<(int Start, int End, string? Fault)> _dictionary = [];
    private byte[] _spellings = [];
    private int _spelled;

    // By the file's codes: the store's own, and 0 where a cell has not occurred yet.
    private ushort[] _known = [];
    private ushort[] _run = [];
    private readonly CellKinds _kind = leaf.Natural switch
    {
        ColumnType.Numeric => CellKinds.Number,
        ColumnType.Boolean => CellKinds.Boolean,
        _ => CellKinds.Text,
    };

    private CellStore? _store;

    public CellStore Store => _store ??= new CellStore(share, _memory);

    public int Count => Store.Count;

    public bool TryOpen(PlainValues dictionary, int count)
    {
        _dictionary.Clear();
        _spelled = 0;
        if (_known.Length < count)
        {
            budget.Take((count - _known.Length) * (long)(Unsafe.SizeOf<(int, int, string?)>() + sizeof(ushort)));
            _dictionary.EnsureCapacity(count);
            _known = new ushort[count];
        }
        Span<byte> room = stackalloc byte[ParquetValues.MaxSpelling];
        for (; count > 0; count--)
        {
            if (!dictionary.TryNext(out var raw)) return false;
            var cell = Spell(raw, room, out var fault);
            cell.CopyTo(Room(cell.Length));
            if (fault is not null) budget.Take(sizeof(char) * fault.Length);
            _dictionary.Add((_spelled, _spelled + cell.Length, fault));
            _spelled += cell.Length;
        }
        Array.Clear(_known);
        return true;
    }

    public bool TryAdd(ref PlainValues values, int rows)
    {
        Span<byte> room = stackalloc byte[ParquetValues.MaxSpelling];
        for (; rows > 0; rows--)
        {
            if (!values.TryNext(out var raw)) return false;
            Add(Spell(raw, room, out var fault), fault);
        }
        return true;
    }

    public bool TryAdd(ReadOnlySpan<int> codes)
    {
        while (!codes.IsEmpty)
        {
            var known = Store.Coding ? TakeKnown(codes) : 0;
            Store.Add(_run.AsSpan(0, known), _kind);
            if (known == codes.Length) break;
            var code = codes[known];
            if ((uint)code >= (uint)_dictionary.Count) return false;
            var (start, end, fault) = _dictionary[code];
            var cell = _spellings.AsSpan(start..end);
            Add(cell, fault);
            if (fault is null && !share.IsMissing(cell)) _known[code] = (ushort)Store.Dictionary.Find(cell);
            codes = codes[(known + 1)..];
        }
        return true;
    }

    public void AddMissing(int rows)
    {
        for (; rows > 0; rows--) Store.AddMissing();
    }

    public void Dispose()
    {
        _store?.Dispose();
        _memory.Close();
    }

    /// <summary>The store's codes of the first cells, up to one that has none yet.</summary>
    private int TakeKnown(ReadOnlySpan<int> codes)
    {
        if (_run.Length < codes.Length) _run = new ushort[codes.Length];
        var known = _known.AsSpan(0, _dictionary.Count);
        for (var i = 0; i < codes.Length; i++)
        {
            if ((uint)codes[i] >= (uint)known.Length || known[codes[i]] == 0) return i;
            _run[i] = known[codes[i]];
        }
        return codes.Length;
    }

    private void Add(ReadOnlySpan<byte> cell, string? fault)
    {
        if (fault is not null) bad.Add(Count, fault);
        if (fault is not null || (cell.IsEmpty && leaf.Meaning != ParquetMeaning.Text))
        {
            Store.AddMissing();
            return;
        }
        var distinct = Store.Dictionary.Count;
        Store.Add(cell, _kind);

        // While cells have codes, a cell that occurs again takes no more than its code.
        if (share.Overflowed || Store.Dictionary.Count > distinct) budget.Take(cell.Length);
    }

    /// <summary>Room for one more spelling of the dictionary.</summary>
    private Span<byte> Room(int length)
    {
        var needed = _spelled + (long)length;
        if (needed > Array.MaxLength) throw faults.Of("page-too-large", "A dictionary of the column is too long. Write it without a dictionary.");
        if (needed > _spellings.Length)
        {
            var larger = (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _spellings.Length));
            budget.Take(larger - _spellings.Length);
            Array.Resize(ref _spellings, larger);
        }
        return _spellings.AsSpan(_spelled, length);
    }

    private ReadOnlySpan<byte> Spell(ReadOnlySpan<byte> raw, Span<byte> room, out string? fault)
    {
        fault = null;
        if (leaf.Meaning == ParquetMeaning.Text) budget.CheckLength(raw.Length, faults);
        if (ParquetValues.TrySpell(leaf, raw, room, out var cell)) return cell;
        fault = ParquetValues.Explain(leaf, raw);
        return [];
    }
}
