using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Perennial.Local.Storage.Tables;

/// <summary>Writes what <see cref="EntityReader"/> reads, into an array of the shared pool.</summary>
internal ref struct EntityWriter
{
    private const int MaxNumberBytes = 5;
    private byte[] _bytes;
    private int _length;

    /// <param name="size">How many bytes it will be, about.</param>
    public EntityWriter(int size) => _bytes = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>Bytes that a number takes.</summary>
    public static int NumberBytes(int number) => number == 0 ? 1 : (BitOperations.Log2((uint)number) + 7) / 7;

    public void Skip(int count)
    {
        Reserve(count).Clear();
        _length += count;
    }

    public void Write(int number)
    {
        var target = Reserve(MaxNumberBytes);
        var (rest, i) = ((uint)number, 0);
        for (; rest >= 0x80; rest >>= 7) target[i++] = (byte)(rest | 0x80);
        target[i++] = (byte)rest;
        _length += i;
    }

    public void WriteByte(byte value)
    {
        Reserve(1)[0] = value;
        _length++;
    }

    public void WriteLong(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Reserve(sizeof(long)), value);
        _length += sizeof(long);
    }

    public void WriteBytes(scoped ReadOnlySpan<byte> bytes)
    {
        Write(bytes.Length);
        bytes.CopyTo(Reserve(bytes.Length));
        _length += bytes.Length;
    }

    public void WriteText(string text)
    {
        var wide = IsWide(text);
        var bytes = wide ? text.Length * sizeof(char) : Encoding.UTF8.GetByteCount(text);
        Write(bytes << 1 | (wide ? 1 : 0));
        var target = Reserve(bytes);
        if (wide) MemoryMarshal.AsBytes(text.AsSpan()).CopyTo(target);
        else Encoding.UTF8.GetBytes(text, target);
        _length += bytes;
    }

    /// <summary>What was written, as an array of its own. Nothing can be written afterwards.</summary>
    public byte[] ToArray()
    {
        var result = _bytes.AsSpan(0, _length).ToArray();
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        return result;
    }

    /// <summary>What was written, in an array that the caller gives back to the shared pool. Nothing can be written afterwards.</summary>
    public ArraySegment<byte> Detach()
    {
        var result = new ArraySegment<byte>(_bytes, 0, _length);
        _bytes = [];
        return result;
    }

    /// <summary>Whether text has half of a pair without the other, which UTF-8 cannot say.</summary>
    private static bool IsWide(string text)
    {
        var rest = text.AsSpan();
        for (var at = rest.IndexOfAnyInRange('\uD800', '\uDFFF'); at >= 0; at = rest.IndexOfAnyInRange('\uD800', '\uDFFF'))
        {
            if (at + 1 >= rest.Length || !char.IsSurrogatePair(rest[at], rest[at + 1])) return true;
            rest = rest[(at + 2)..];
        }
        return false;
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - _length < count)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + count));
            _bytes.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }
        return _bytes.AsSpan(_length, count);
    }
}
