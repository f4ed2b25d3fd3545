namespace Perennial.Learning.Reading.Cells;

/// <summary>How a block holds its cells.</summary>
internal enum BlockKind
{
    /// <summary>Codes of the store's dictionary; 0 is missing.</summary>
    Codes,

    /// <summary>64-bit values of a kind that the first value will decide; so far all are missing.</summary>
    Undecided,

    /// <summary><see cref="PackedDecimal"/>.</summary>
    Decimals,

    /// <summary>UTC ticks of one <see cref="TimestampLayout"/>.</summary>
    Timestamps,

    /// <summary>Bytes, each cell's after their length.</summary>
    Text,
}

/// <summary>
/// Rows that follow one another at one worker, in a form as small as a typed column's and yet without loss of a cell's spelling, so
/// that a later cell may still change the column's type. The memory is unmanaged: it goes back the moment the rows are in their column.
/// </summary>
internal sealed unsafe class CellBlock : IDisposable
{
    /// <summary>Marks a missing cell in a block of 64-bit values: no decimal has 31 digits after the point, and no time so many ticks.</summary>
    public const long Missing = 31L << 58;

    /// <summary>Marks a cell that the block's kind cannot spell: see <see cref="Others"/>.</summary>
    public const long Other = Missing + 1;

    private const int LongText = 1 << 24;
    private readonly int _bytes, _capacity;
    private BlockMemory.Piece? _memory;
    private int _unread;

    public CellBlock(BlockKind kind, int firstRow, int capacity, BlockMemory memory)
    {
        (Kind, FirstRow, _capacity) = (kind, firstRow, capacity);
        if (kind == BlockKind.Text) Text = new ByteList();
        else
        {
            _bytes = capacity * (kind == BlockKind.Codes ? sizeof(ushort) : sizeof(long));
            _memory = memory.Allocate(_bytes);
        }
    }

    public BlockKind Kind { get; set; }

    /// <summary>The worker's row that the block begins with.</summary>
    public int FirstRow { get; }

    public int Rows { get; private set; }

    /// <summary>How many more rows fit; none once a block of text is long, as an array has its limit.</summary>
    public int Room => Text?.Bytes.Length > LongText ? 0 : _capacity - Rows;

    /// <summary>The layout of a block of timestamps.</summary>
    public TimestampLayout? Layout { get; set; }

    /// <summary>The cells that the kind cannot spell, by their place in the block, ascending.</summary>
    public List<(int Index, byte[] Cell)> Others { get; } = [];

    /// <summary>The bytes of a block of text; null for any other.</summary>
    public ByteList? Text { get; }

    /// <summary>The rows' codes and the room after them.</summary>
    public Span<ushort> Codes => new(Start, _bytes / sizeof(ushort));

    /// <summary>The rows' values and the room after them.</summary>
    public Span<long> Values => new(Start, _bytes / sizeof(long));

    private void* Start => _memory is { } memory ? memory.Start : throw new ObjectDisposedException(nameof(CellBlock));

    /// <summary>Says that so many rows were written after the others.</summary>
    public void Advance(int rows)
    {
        Rows += rows;
        _unread += rows;
    }

    /// <summary>Says that so many rows are in their column for good; the memory goes back after the last.</summary>
    public void Release(int rows)
    {
        if (Interlocked.Add(ref _unread, -rows) == 0) Dispose();
    }

    public void Dispose()
    {
        _memory?.Free();
        _memory = null;
        Text?.Clear();
    }
}

/// <summary>Cells as bytes, each after its length.</summary>
internal sealed class ByteList
{
    private byte[] _bytes = [];
    private int _used;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _used);

    /// <summary>Adds a cell, or a missing one.</summary>
    public void Add(ReadOnlySpan<byte> cell, bool missing)
    {
        // The prefix is length + 1, and 0 for missing, in 7-bit groups.
        if (_bytes.Length - _used < cell.Length + 5)
            Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max(_used + cell.Length + 5L, 2L * _bytes.Length)));
        var prefix = missing ? 0u : (uint)cell.Length + 1;
        for (; prefix >= 0x80; prefix >>= 7) _bytes[_used++] = (byte)(prefix | 0x80);
        _bytes[_used++] = (byte)prefix;
        cell.CopyTo(_bytes.AsSpan(_used));
        _used += cell.Length;
    }

    public void Clear() => (_bytes, _used) = ([], 0);

    /// <summary>Takes the first cell off the bytes.</summary>
    public static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> bytes, out bool missing)
    {
        uint prefix = 0;
        for (var shift = 0; ; shift += 7)
        {
            var group = bytes[0];
            bytes = bytes[1..];
            prefix |= (uint)(group & 0x7F) << shift;
            if (group < 0x80) break;
        }
        missing = prefix == 0;
        var length = missing ? 0 : (int)(prefix - 1);
        var cell = bytes[..length];
        bytes = bytes[length..];
        return cell;
    }
}
