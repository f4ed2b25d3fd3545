using System.Buffers.Binary;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Values after one another as they are (Encodings.md, "Plain"): of a fixed number of bytes, or each after its length in four.</summary>
internal struct PlainValues
{
    private readonly byte[] _bytes;
    private readonly int _end, _width;
    private int _at;

    /// <param name="bytes">The values.</param>
    /// <param name="width">Bytes of each; 0 where each has its own length.</param>
    public PlainValues(ArraySegment<byte> bytes, int width) => (_bytes, _at, _end, _width) = (bytes.Array!, bytes.Offset, bytes.Offset + bytes.Count, width);

    /// <summary>Takes the next value; false where there is none, or not all of it.</summary>
    public bool TryNext(out ReadOnlySpan<byte> value)
    {
        value = default;
        var length = _width;
        if (_width == 0)
        {
            if (_end - _at < sizeof(int)) return false;
            length = BinaryPrimitives.ReadInt32LittleEndian(_bytes.AsSpan(_at));
            _at += sizeof(int);
        }
        if (length < 0 || length > _end - _at) return false;
        value = _bytes.AsSpan(_at, length);
        _at += length;
        return true;
    }
}
