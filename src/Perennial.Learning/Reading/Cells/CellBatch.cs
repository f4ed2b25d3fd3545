using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Perennial.Learning.Reading.Cells;

/// <summary>
/// One column of the rows of a chunk, as places in its bytes: the loops here are where a file's time goes. 64 bytes after the last cell
/// may be read.
/// </summary>
/// <param name="bytes">The chunk's bytes; escaped cells are unescaped in place.</param>
/// <param name="ends">The end of each cell, row by row.</param>
/// <param name="rowStarts">The first byte of each row.</param>
/// <param name="column">The column.</param>
/// <param name="columns">How many columns a row has.</param>
/// <param name="rows">How many rows there are.</param>
internal readonly ref struct CellBatch(Span<byte> bytes, ReadOnlySpan<int> ends, ReadOnlySpan<int> rowStarts, int column, int columns, int rows)
{
    private const byte Quote = (byte)'"';
    private readonly ref byte _bytes = ref MemoryMarshal.GetReference(bytes);
    private readonly ref int _ends = ref MemoryMarshal.GetReference(ends);
    private readonly ref int _rowStarts = ref MemoryMarshal.GetReference(rowStarts);

    public int Rows { get; } = rows;

    /// <summary>The cell at a row, unquoted; to be asked for once.</summary>
    public ReadOnlySpan<byte> Cell(int row)
    {
        ref var cell = ref Locate(row, out var length);
        return MemoryMarshal.CreateReadOnlySpan(ref cell, length);
    }

    /// <summary>The codes of rows from the first on, until a cell has none.</summary>
    /// <param name="first">The first row.</param>
    /// <param name="codes">Where to, and at most how many.</param>
    /// <param name="dictionary">The known cells.</param>
    /// <param name="share">What is missing.</param>
    /// <param name="missing">The missing cells are added to it.</param>
    /// <returns>How many rows.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Codes(int first, Span<ushort> codes, CellDictionary dictionary, ColumnShare share, ref int missing)
    {
        var most = Math.Min(Rows - first, codes.Length);
        var known = dictionary.Short;
        var emptyIsMissing = share.EmptyIsMissing;
        var empty = 0;
        var row = 0;
        for (; row < most; row++)
        {
            ref var cell = ref Peek(first + row, out var length);
            if (length == 0 && emptyIsMissing)
            {
                codes[row] = 0;
                empty++;
                continue;
            }

            // A new cell, or one with escaped quotes, goes the other way, where it is located again: here nothing may be unescaped.
            if (length is 0 or int.MaxValue) break;
            var code = length <= 8
                ? known.Find(CellDictionary.Key(ref cell, length))
                : dictionary.FindLong(MemoryMarshal.CreateReadOnlySpan(ref cell, length));
            if (code == 0) break;
            codes[row] = (ushort)code;
        }
        missing += empty;
        return row;
    }

    /// <summary>The decimals of rows from the first on, until a cell is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Decimals(int first, Span<long> packed)
    {
        var most = Math.Min(Rows - first, packed.Length);
        for (var row = 0; row < most; row++)
        {
            ref var cell = ref Peek(first + row, out var length);
            if (length > PackedDecimal.MaxLength || !PackedDecimal.TryParse(MemoryMarshal.CreateReadOnlySpan(ref cell, length), out packed[row])) return row;
        }
        return most;
    }

    /// <summary>The ticks of rows from the first on, until a cell is not of the layout.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Timestamps(int first, Span<long> ticks, TimestampLayout layout)
    {
        var most = Math.Min(Rows - first, ticks.Length);
        var day = new LastDay();
        for (var row = 0; row < most; row++)
        {
            ref var cell = ref Peek(first + row, out var length);
            if (!layout.TryParse(ref cell, length, ref day, out ticks[row])) return row;
        }
        return most;
    }

    /// <summary>The cell without its quotes; where it holds any, its length is taken as one that no short cell has.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Peek(int row, out int length)
    {
        ref var cell = ref Raw(row, out length);
        if (cell != Quote || length == 0) return ref cell;
        return ref Unquoted(ref cell, ref length);
    }

    private static ref byte Unquoted(ref byte cell, scoped ref int length)
    {
        length -= 2;
        cell = ref Unsafe.Add(ref cell, 1);
        if (MemoryMarshal.CreateReadOnlySpan(ref cell, length).Contains(Quote)) length = int.MaxValue;
        return ref cell;
    }

    private ref byte Locate(int row, out int length)
    {
        ref var cell = ref Raw(row, out length);
        if (length == 0 || cell != Quote) return ref cell;
        length -= 2;
        cell = ref Unsafe.Add(ref cell, 1);
        var inner = MemoryMarshal.CreateSpan(ref cell, length);
        if (inner.Contains(Quote)) length = CsvRecordReader.Unescape(inner);
        return ref cell;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref byte Raw(int row, out int length)
    {
        var at = (nint)row * columns + column;
        var start = column == 0 ? Unsafe.Add(ref _rowStarts, row) : Unsafe.Add(ref _ends, at - 1) + 1;
        length = Unsafe.Add(ref _ends, at) - start;
        return ref Unsafe.Add(ref _bytes, start);
    }
}
