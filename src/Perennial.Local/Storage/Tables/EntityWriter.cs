using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;

namespace Perennial.Local.Storage.Tables;

/// <summary>Writes what <see cref="EntityReader"/> reads. A thread has one buffer, which the next writer on it takes over.</summary>
internal ref struct EntityWriter
{
    private const int KeptBytes = 128 * 1024;
    private const int MaxNumberBytes = 5;

    [ThreadStatic]
    private static byte[]? _kept;

    private byte[] _bytes;
    private int _length;

    public EntityWriter()
    {
        _bytes = _kept ?? new byte[4096];
        _kept = null;
    }

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

    /// <summary>What was written. Nothing can be written afterwards.</summary>
    public byte[] ToArray()
    {
        var result = _bytes.AsSpan(0, _length).ToArray();
        if (_bytes.Length <= KeptBytes) _kept = _bytes;
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
        if (_bytes.Length - _length < count) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
        return _bytes.AsSpan(_length, count);
    }
}
