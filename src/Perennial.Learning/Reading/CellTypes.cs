using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading;

/// <summary>How the cells of a typed column become values.</summary>
internal interface ICellType<T>
{
    /// <summary>The mark of a missing value.</summary>
    static abstract T Missing { get; }

    /// <summary>The value that a cell spells.</summary>
    static abstract bool TryParse(ReadOnlySpan<byte> cell, out T value);

    /// <summary>Why a cell is not of the type, for a person.</summary>
    static abstract string Explain(ReadOnlySpan<byte> cell);

    /// <summary>Turns a block's values into the column's; false, with nothing done, where the block is of another type.</summary>
    static abstract bool TryConvert(BlockKind kind, ReadOnlySpan<long> from, Span<T> to);
}

/// <summary>Finite numbers.</summary>
internal readonly struct NumberCells : ICellType<double>
{
    public static double Missing => double.NaN;

    public static bool TryParse(ReadOnlySpan<byte> cell, out double value) => NumberParsing.TryParse(cell, out value);

    public static string Explain(ReadOnlySpan<byte> cell) => NumberParsing.Explain(cell);

    public static bool TryConvert(BlockKind kind, ReadOnlySpan<long> from, Span<double> to)
    {
        if (kind is not (BlockKind.Decimals or BlockKind.Undecided)) return false;
        for (var i = 0; i < from.Length; i++) to[i] = from[i] is CellBlock.Missing or CellBlock.Other ? Missing : PackedDecimal.ToDouble(from[i]);
        return true;
    }
}

/// <summary>true and false.</summary>
internal readonly struct BooleanCells : ICellType<sbyte>
{
    public static sbyte Missing => BooleanColumn.Missing;

    public static bool TryParse(ReadOnlySpan<byte> cell, out sbyte value) => ColumnParsing.TryBoolean(cell, out value);

    public static string Explain(ReadOnlySpan<byte> cell) => $"{Counted.Quote(cell)} is neither true nor false";

    public static bool TryConvert(BlockKind kind, ReadOnlySpan<long> from, Span<sbyte> to) => false;
}

/// <summary>UTC ticks.</summary>
internal readonly struct TimestampCells : ICellType<long>
{
    public static long Missing => TimestampColumn.Missing;

    public static bool TryParse(ReadOnlySpan<byte> cell, out long value) => TimestampParsing.Parse(cell, out value) != TimestampForm.None;

    public static string Explain(ReadOnlySpan<byte> cell) => TimestampParsing.Explain(cell);

    public static bool TryConvert(BlockKind kind, ReadOnlySpan<long> from, Span<long> to)
    {
        if (kind is not (BlockKind.Timestamps or BlockKind.Undecided)) return false;
        for (var i = 0; i < from.Length; i++) to[i] = from[i] is CellBlock.Missing or CellBlock.Other ? Missing : from[i];
        return true;
    }
}
