using System.Runtime.CompilerServices;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Values written into their column at once, as nothing has to be known of the others.</summary>
/// <param name="leaf">The column.</param>
/// <param name="rows">The file's rows.</param>
/// <param name="bad">Takes what cannot be a value.</param>
/// <param name="budget">Refuses dictionaries that take too much memory.</param>
internal sealed class TypedCells<T, TType>(LeafColumn leaf, int rows, BadCells bad, ParquetBudget budget) : IParquetCells
    where T : unmanaged
    where TType : IParquetType<T>
{
    private T[] _dictionary = [];
    private string?[] _faults = [];
    private int _codes;
    private bool _anyFault;

    public T[] Values { get; } = HugePages.Advise(GC.AllocateUninitializedArray<T>(rows));

    public int Count { get; private set; }

    public bool TryOpen(PlainValues dictionary, int count)
    {
        if (_dictionary.Length < count)
        {
            budget.Take((count - _dictionary.Length) * (long)(Unsafe.SizeOf<T>() + Unsafe.SizeOf<string?>()));
            (_dictionary, _faults) = (new T[count], new string?[count]);
        }
        (_codes, _anyFault) = (count, false);
        for (var code = 0; code < count; code++)
        {
            if (!dictionary.TryNext(out var raw)) return false;
            (_dictionary[code], _faults[code]) = (Read(raw, out var fault), fault);
            if (fault is null) continue;
            budget.Take(sizeof(char) * fault.Length);
            _anyFault = true;
        }
        return true;
    }

    public bool TryAdd(ref PlainValues values, int rows)
    {
        for (; rows > 0; rows--)
        {
            if (!values.TryNext(out var raw)) return false;
            Values[Count] = Read(raw, out var fault);
            if (fault is not null) bad.Add(Count, fault);
            Count++;
        }
        return true;
    }

    public bool TryAdd(ReadOnlySpan<int> codes)
    {
        var to = Values.AsSpan(Count, codes.Length);
        var known = _dictionary.AsSpan(0, _codes);
        for (var i = 0; i < codes.Length; i++)
        {
            if ((uint)codes[i] >= (uint)known.Length) return false;
            to[i] = known[codes[i]];
        }
        for (var i = 0; _anyFault && i < codes.Length; i++)
            if (_faults[codes[i]] is { } fault) bad.Add(Count + i, fault);
        Count += codes.Length;
        return true;
    }

    public void AddMissing(int rows)
    {
        Values.AsSpan(Count, rows).Fill(TType.Missing);
        Count += rows;
    }

    private T Read(ReadOnlySpan<byte> raw, out string? fault)
    {
        fault = null;
        if (TType.TryRead(leaf, raw, out var value)) return value;
        fault = ParquetValues.Explain(leaf, raw);
        return TType.Missing;
    }
}
