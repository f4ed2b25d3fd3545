using System.Buffers.Binary;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Turns the encodings that newer writers choose into plain values (parquet-format, Encodings.md): deltas of integers, of lengths and of strings, and split bytes.</summary>
/// <param name="budget">Refuses strings that take too much memory.</param>
internal sealed class DeltaValues(ParquetBudget budget)
{
    private byte[] _plain = [];
    private int _used;

    public static bool Knows(PageEncoding encoding, PhysicalType type) => encoding switch
    {
        PageEncoding.DeltaBinaryPacked => type is PhysicalType.Int32 or PhysicalType.Int64,
        PageEncoding.DeltaLengthByteArray => type is PhysicalType.ByteArray,
        PageEncoding.DeltaByteArray => type is PhysicalType.ByteArray or PhysicalType.FixedLenByteArray,
        PageEncoding.ByteStreamSplit => type is PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.Float or PhysicalType.Double or PhysicalType.FixedLenByteArray,
        _ => false,
    };

    /// <summary>The values of a page, valid until the next; false where they are damaged or more than <paramref name="most"/>.</summary>
    public bool TryMakePlain(PageEncoding encoding, ArraySegment<byte> body, LeafColumn leaf, int most, out ArraySegment<byte> plain)
    {
        _used = 0;
        var made = encoding switch
        {
            PageEncoding.DeltaBinaryPacked => TryIntegers(body, leaf.Width, most),
            PageEncoding.DeltaLengthByteArray => TryStrings(body, leaf.Width, most, prefixes: false),
            PageEncoding.DeltaByteArray => TryStrings(body, leaf.Width, most, prefixes: true),
            _ => TryJoin(body, leaf.Width, most),
        };
        plain = new ArraySegment<byte>(_plain, 0, _used);
        return made;
    }

    private bool TryIntegers(ReadOnlySpan<byte> body, int width, int most)
    {
        if (!DeltaIntegers.TryRead(ref body, most, out var values)) return false;
        var to = Reserve(values.Length * (long)width);
        for (var i = 0; i < values.Length; i++)
        {
            if (width == sizeof(int)) BinaryPrimitives.WriteInt32LittleEndian(to[(i * sizeof(int))..], (int)values[i]);
            else BinaryPrimitives.WriteInt64LittleEndian(to[(i * sizeof(long))..], values[i]);
        }
        return true;
    }

    /// <summary>Strings after all of their lengths; each may begin with some bytes of the one before.</summary>
    private bool TryStrings(ReadOnlySpan<byte> body, int width, int most, bool prefixes)
    {
        long[] shared = [];
        if (prefixes && !DeltaIntegers.TryRead(ref body, most, out shared)) return false;
        if (!DeltaIntegers.TryRead(ref body, most, out var lengths) || (prefixes && shared.Length != lengths.Length)) return false;
        var (before, beforeLength) = (0, 0);
        for (var i = 0; i < lengths.Length; i++)
        {
            var prefix = prefixes ? shared[i] : 0;
            var own = lengths[i];
            if (own < 0 || own > body.Length || prefix < 0 || prefix > beforeLength || _used + prefix + own + sizeof(int) > Array.MaxLength) return false;
            var length = (int)(prefix + own);
            if (width > 0 && length != width) return false;
            if (width == 0) BinaryPrimitives.WriteInt32LittleEndian(Reserve(sizeof(int)), length);
            var to = Reserve(length);
            _plain.AsSpan(before, (int)prefix).CopyTo(to);
            body[..(int)own].CopyTo(to[(int)prefix..]);
            body = body[(int)own..];
            (before, beforeLength) = (_used - length, length);
        }
        return true;
    }

    /// <summary>The first bytes of all values, then the second ones, and so on.</summary>
    private bool TryJoin(ReadOnlySpan<byte> body, int width, int most)
    {
        var count = body.Length / width;
        if (count > most || count * width != body.Length) return false;
        var to = Reserve(body.Length);
        for (var b = 0; b < width; b++)
            for (var i = 0; i < count; i++) to[i * width + b] = body[b * count + i];
        return true;
    }

    private Span<byte> Reserve(long bytes)
    {
        var needed = checked((int)(_used + bytes));
        if (_plain.Length < needed)
        {
            var larger = (int)Math.Min(Array.MaxLength, Math.Max(needed, 2L * _plain.Length));
            budget.Take(larger - _plain.Length);
            Array.Resize(ref _plain, larger);
        }
        _used = needed;
        return _plain.AsSpan(needed - (int)bytes, (int)bytes);
    }
}

/// <summary>Integers as differences, packed to the bits of the largest in a small block (Encodings.md, "Delta Encoding").</summary>
internal static class DeltaIntegers
{
    private const int MaxBlock = 1 << 20;

    /// <summary>Takes the integers off the bytes; false where they are damaged, or more than <paramref name="most"/>.</summary>
    public static bool TryRead(ref ReadOnlySpan<byte> bytes, int most, out long[] values)
    {
        values = [];
        if (!TryVarint(ref bytes, out var block) || !TryVarint(ref bytes, out var parts) || !TryVarint(ref bytes, out var count)) return false;
        if (!TryVarint(ref bytes, out var first) || count > (ulong)most) return false;
        if (block is 0 or > MaxBlock || parts == 0 || block % parts != 0 || block / parts % 8 != 0) return false;
        values = new long[count];
        if (count == 0) return true;
        values[0] = Signed(first);
        for (var at = 1; at < values.Length;)
            if (!TryBlock(ref bytes, (int)parts, (int)(block / parts), values, ref at)) return false;
        return true;
    }

    private static bool TryBlock(ref ReadOnlySpan<byte> bytes, int parts, int partValues, long[] values, ref int at)
    {
        if (!TryVarint(ref bytes, out var least) || bytes.Length < parts) return false;
        var widths = bytes[..parts];
        bytes = bytes[parts..];
        foreach (var width in widths)
        {
            if (at == values.Length) break;
            var length = partValues / 8 * width;
            if (width > 64) return false;

            // The last part may be cut off after its last value.
            var some = Math.Min(partValues, values.Length - at);
            if (bytes.Length < (some * (long)width + 7) / 8) return false;
            for (var i = 0; i < some; i++, at++) values[at] = unchecked(values[at - 1] + Signed(least) + (long)Bits(bytes, i * (long)width, width));
            bytes = bytes[Math.Min(length, bytes.Length)..];
        }
        return true;
    }

    private static ulong Bits(ReadOnlySpan<byte> bytes, long bit, int width)
    {
        ulong value = 0;
        for (var done = 0; done < width;)
        {
            var from = (int)((bit + done) & 7);
            var some = Math.Min(8 - from, width - done);
            value |= (ulong)((bytes[(int)((bit + done) >> 3)] >> from) & ((1 << some) - 1)) << done;
            done += some;
        }
        return value;
    }

    private static long Signed(ulong zigzag) => (long)(zigzag >> 1) ^ -(long)(zigzag & 1);

    private static bool TryVarint(ref ReadOnlySpan<byte> bytes, out ulong value)
    {
        value = 0;
        for (var i = 0; i < 10 && i < bytes.Length; i++)
        {
            value |= (ulong)(bytes[i] & 0x7F) << (7 * i);
            if (bytes[i] >= 0x80) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }
        return false;
    }
}
