using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Perennial.Learning.Reading.Cells;

/// <summary>
/// Distinct cells by code, from 1 in order of appearance. Cells of at most 8 bytes are looked up as one integer: their bytes shifted to
/// the top, which is unique as long as none is NUL; all others by hash and bytes. The bytes of all cells are in one array.
/// </summary>
internal sealed class CellDictionary
{
    private const int MostBytes = 1 << 28;
    private readonly List<(int End, int FirstRow)> _cells = [];
    private byte[] _bytes = [];
    private (int Hash, ushort Code)[] _long = new (int, ushort)[16];
    private int _longs;
    private ulong[] _keys = new ulong[16];
    private ushort[] _codes = new ushort[16];
    private int _shift = 60;
    private int _short;

    public int Count => _cells.Count;

    /// <summary>Whether the cells are too long to take in another.</summary>
    public bool IsFull => _cells.Count > 0 && _cells[^1].End > MostBytes;

    /// <summary>The cell of a code.</summary>
    public ReadOnlySpan<byte> this[int code] => _bytes.AsSpan((code == 1 ? 0 : _cells[code - 2].End).._cells[code - 1].End);

    /// <summary>The row at which the code's cell first appeared.</summary>
    public int FirstRow(int code) => _cells[code - 1].FirstRow;

    /// <summary>The key of a cell of 1 to 8 bytes, not one of them NUL, which 8 bytes can be read from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Key(ref byte cell, int length) => Unsafe.ReadUnaligned<ulong>(ref cell) << (64 - 8 * length);

    /// <summary>The short cells as they are now, for loops: valid until one is added.</summary>
    public ShortCells Short => new(_keys, _codes, _shift);

    /// <summary>The code of any cell; 0 where it has none.</summary>
    public int Find(ReadOnlySpan<byte> cell)
    {
        return TryKey(cell, out var key) ? Short.Find(key) : FindLong(cell);
    }

    /// <summary>The code of a cell that has no key; 0 where it has none.</summary>
    public int FindLong(ReadOnlySpan<byte> cell)
    {
        var hash = Utf8Comparer.Instance.GetHashCode(cell);
        for (var slot = hash & (_long.Length - 1); ; slot = (slot + 1) & (_long.Length - 1))
        {
            var (found, code) = _long[slot];
            if (code == 0 || (found == hash && this[code].SequenceEqual(cell))) return code;
        }
    }

    /// <summary>Gives a cell that has none the next code.</summary>
    public int Add(ReadOnlySpan<byte> cell, int row)
    {
        var start = _cells.Count == 0 ? 0 : _cells[^1].End;
        if (_bytes.Length - start < cell.Length) Array.Resize(ref _bytes, Math.Max(start + cell.Length, 2 * _bytes.Length));
        cell.CopyTo(_bytes.AsSpan(start));
        _cells.Add((start + cell.Length, row));
        var code = checked((ushort)_cells.Count);
        if (!TryKey(cell, out var key))
        {
            if (2 * ++_longs > _long.Length) GrowLong();
            InsertLong(Utf8Comparer.Instance.GetHashCode(cell), code);
        }
        else
        {
            if (2 * ++_short > _keys.Length) Grow();
            Insert(key, code);
        }
        return code;
    }

    private static bool TryKey(ReadOnlySpan<byte> cell, out ulong key)
    {
        key = 0;
        if (cell.Length is 0 or > 8 || cell.Contains((byte)0)) return false;
        for (var i = cell.Length - 1; i >= 0; i--) key = (key << 8) | cell[i];
        key <<= 64 - 8 * cell.Length;
        return true;
    }

    // Fibonacci hashing (Knuth, volume 3, 6.4): the product's top bits depend on all of the key's.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Slot(ulong key, int shift) => (int)((key ^ (key >> 32)) * 0x9E3779B97F4A7C15 >> shift);

    private void Grow()
    {
        var (keys, codes) = (_keys, _codes);
        (_keys, _codes) = (new ulong[2 * keys.Length], new ushort[2 * keys.Length]);
        _shift = 64 - BitOperations.Log2((uint)_keys.Length);
        for (var i = 0; i < keys.Length; i++)
            if (keys[i] != 0) Insert(keys[i], codes[i]);
    }

    private void Insert(ulong key, ushort code)
    {
        var slot = Slot(key, _shift);
        while (_keys[slot] != 0) slot = (slot + 1) & (_keys.Length - 1);
        (_keys[slot], _codes[slot]) = (key, code);
    }

    private void GrowLong()
    {
        var old = _long;
        _long = new (int, ushort)[2 * old.Length];
        foreach (var (hash, code) in old)
            if (code != 0) InsertLong(hash, code);
    }

    private void InsertLong(int hash, ushort code)
    {
        var slot = hash & (_long.Length - 1);
        while (_long[slot].Code != 0) slot = (slot + 1) & (_long.Length - 1);
        _long[slot] = (hash, code);
    }
}

/// <summary>Looks up cells of at most 8 bytes.</summary>
internal readonly ref struct ShortCells(ulong[] keys, ushort[] codes, int shift)
{
    private readonly ref ulong _keys = ref MemoryMarshal.GetArrayDataReference(keys);
    private readonly ref ushort _codes = ref MemoryMarshal.GetArrayDataReference(codes);
    private readonly nint _mask = keys.Length - 1;

    /// <summary>The code of a cell by its key; 0 where it has none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(ulong key)
    {
        for (nint slot = CellDictionary.Slot(key, shift); ; slot = (slot + 1) & _mask)
        {
            var found = Unsafe.Add(ref _keys, slot);
            if (found == key) return Unsafe.Add(ref _codes, slot);
            if (found == 0) return 0;
        }
    }
}
