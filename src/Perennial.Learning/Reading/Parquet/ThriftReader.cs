namespace Perennial.Learning.Reading.Parquet;

/// <summary>The types of Thrift's compact protocol, as they are on the wire.</summary>
internal enum ThriftType
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    I16 = 4,
    I32 = 5,
    I64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
    Uuid = 13,
}

/// <summary>The bytes are no Thrift structure, or end before it does.</summary>
/// <param name="what">What is wrong.</param>
/// <param name="at">The byte, counted from the structure's first.</param>
/// <param name="ranOut">Whether more bytes might help.</param>
internal sealed class ThriftFault(string what, int at, bool ranOut) : Exception(what)
{
    public int At => at;

    public bool RanOut => ranOut;
}

/// <summary>
/// Thrift's compact protocol (apache/thrift, doc/specs/thrift-compact-protocol.md), which Parquet's footer and page headers are written
/// in. No length is believed before the bytes for it are there, and what is not known is skipped to a bounded depth.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxDepth = 32;
    private readonly ReadOnlySpan<byte> _bytes = bytes;

    /// <summary>The next byte.</summary>
    public int At { get; private set; }

    /// <summary>Moves to the next field of a structure; false at its end.</summary>
    /// <param name="id">The field before, 0 at the start; becomes the field's.</param>
    /// <param name="type">Its type; a boolean's is its value.</param>
    public bool NextField(ref int id, out ThriftType type)
    {
        var head = Byte();
        type = (ThriftType)(head & 15);
        if (type == ThriftType.Stop) return false;
        id = head >> 4 is > 0 and var step ? id + step : (int)Integer(short.MinValue, short.MaxValue);
        return true;
    }

    public int I32() => (int)Integer(int.MinValue, int.MaxValue);

    public long I64() => Integer(long.MinValue, long.MaxValue);

    /// <summary>Bytes after their length.</summary>
    public ReadOnlySpan<byte> Binary() => Take(Size(Varint()));

    /// <summary>The number of elements of a list or set, each of which takes at least a byte.</summary>
    public int List(out ThriftType element)
    {
        var head = Byte();
        element = (ThriftType)(head & 15);
        return Size(head >> 4 is < 15 and var few ? (ulong)few : Varint());
    }

    /// <summary>Passes over a field's value.</summary>
    public void Skip(ThriftType type) => Skip(type, inList: false, MaxDepth);

    private void Skip(ThriftType type, bool inList, int depth)
    {
        if (depth == 0) throw Fault("structures are nested too deep");
        switch (type)
        {
            case ThriftType.True or ThriftType.False:
                if (inList) Byte();
                break;
            case ThriftType.Byte:
                Byte();
                break;
            case ThriftType.I16 or ThriftType.I32 or ThriftType.I64:
                Varint();
                break;
            case ThriftType.Double:
                Take(8);
                break;
            case ThriftType.Uuid:
                Take(16);
                break;
            case ThriftType.Binary:
                Binary();
                break;
            case ThriftType.List or ThriftType.Set:
                for (var left = List(out var element); left > 0; left--) Skip(element, inList: true, depth - 1);
                break;
            case ThriftType.Map:
                SkipMap(depth);
                break;
            case ThriftType.Struct:
                for (var id = 0; NextField(ref id, out var field);) Skip(field, inList: false, depth - 1);
                break;
            default:
                throw Fault("a value has a type that there is not");
        }
    }

    private void SkipMap(int depth)
    {
        var left = Size(Varint());
        if (left == 0) return;
        var types = Byte();
        for (; left > 0; left--)
        {
            Skip((ThriftType)(types >> 4), inList: true, depth - 1);
            Skip((ThriftType)(types & 15), inList: true, depth - 1);
        }
    }

    private byte Byte()
    {
        if (At >= _bytes.Length) throw new ThriftFault("it ends too early", At, ranOut: true);
        return _bytes[At++];
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_bytes.Length - At < count) throw new ThriftFault("it ends too early", At, ranOut: true);
        At += count;
        return _bytes.Slice(At - count, count);
    }

    private int Size(ulong declared)
    {
        if (declared > int.MaxValue) throw Fault("a length is impossible");
        if (declared > (ulong)(_bytes.Length - At)) throw new ThriftFault("a length is beyond its end", At, ranOut: true);
        return (int)declared;
    }

    private long Integer(long least, long most)
    {
        var zigzag = Varint();
        var value = (long)(zigzag >> 1) ^ -(long)(zigzag & 1);
        return value >= least && value <= most ? value : throw Fault("a number is too large");
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var group = Byte();
            value |= (ulong)(group & 0x7F) << shift;
            if (group < 0x80) return value;
        }
        throw Fault("a number never ends");
    }

    private readonly ThriftFault Fault(string what) => new(what, At, ranOut: false);
}
