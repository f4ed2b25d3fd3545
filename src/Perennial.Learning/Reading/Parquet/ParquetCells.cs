using Perennial.Learning.Frames;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Takes a column's values in the order of the rows.</summary>
internal interface IParquetCells
{
    /// <summary>Rows so far.</summary>
    int Count { get; }

    /// <summary>Replaces the values that codes stand for; false where there are fewer than said.</summary>
    bool TryOpen(PlainValues dictionary, int count);

    /// <summary>Takes values; false where there are too few.</summary>
    bool TryAdd(ref PlainValues values, int rows);

    /// <summary>Takes values of the dictionary; false where a code stands for none.</summary>
    bool TryAdd(ReadOnlySpan<int> codes);

    /// <summary>Takes missing values.</summary>
    void AddMissing(int rows);
}

/// <summary>How plain values become a column's own.</summary>
internal interface IParquetType<T>
{
    static abstract T Missing { get; }

    static abstract bool TryRead(LeafColumn leaf, ReadOnlySpan<byte> raw, out T value);
}

internal readonly struct ParquetNumbers : IParquetType<double>
{
    public static double Missing => double.NaN;

    public static bool TryRead(LeafColumn leaf, ReadOnlySpan<byte> raw, out double value) => ParquetValues.TryNumber(leaf, raw, out value);
}

internal readonly struct ParquetInstants : IParquetType<long>
{
    public static long Missing => TimestampColumn.Missing;

    public static bool TryRead(LeafColumn leaf, ReadOnlySpan<byte> raw, out long value) => ParquetValues.TryTicks(leaf, raw, out value);
}

internal readonly struct ParquetBooleans : IParquetType<sbyte>
{
    public static sbyte Missing => BooleanColumn.Missing;

    public static bool TryRead(LeafColumn leaf, ReadOnlySpan<byte> raw, out sbyte value)
    {
        value = (sbyte)(raw[0] & 1);
        return true;
    }
}

/// <summary>The cells of a column that cannot be read, by row: a few more of them than the options allow.</summary>
internal sealed class BadCells(int maxBad)
{
    private readonly List<BadCell> _cells = [];

    public IReadOnlyList<BadCell> Cells => _cells;

    public void Add(int row, string reason)
    {
        if (_cells.Count < maxBad + 16L) _cells.Add(new BadCell(row, reason));
    }
}
