using System.Buffers.Binary;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>
/// Small integers as runs of one value and runs packed to their bits (parquet-format, Encodings.md, "Run Length Encoding / Bit-Packing
/// Hybrid"): definition levels, dictionary indices and booleans. Read as many at a time as there is room for.
/// </summary>
internal struct RleCursor
{
    private readonly byte[] _bytes;
    private readonly int _end, _width;
    private int _at, _bit;
    private long _left;
    private uint _value;
    private bool _packed;

    /// <summary>Stands before the first run.</summary>
    public RleCursor(ArraySegment<byte> bytes, int width)
    {
        (_bytes, _at, _end, _width) = (bytes.Array!, bytes.Offset, bytes.Offset + bytes.Count, width);
    }

    /// <summary>Values that are packed without runs, as plain booleans are.</summary>
    public static RleCursor Packed(ArraySegment<byte> bytes, int width) => new(bytes, width) { _packed = true, _left = 8L * bytes.Count / width };

    /// <summary>Fills the span with the next values; false where there are too few.</summary>
    public bool TryRead(Span<int> to)
    {
        if (_width == 0)
        {
            to.Clear();
            return true;
        }
        while (!to.IsEmpty)
        {
            if (_left == 0 && !TryNextRun()) return false;
            var some = (int)Math.Min(_left, to.Length);
            if (!_packed) to[..some].Fill((int)_value);
            else if (!TryUnpack(to[..some])) return false;
            _left -= some;
            to = to[some..];
        }
        return true;
    }

    private bool TryNextRun()
    {
        while (_left == 0)
        {
            uint head = 0;
            for (var shift = 0; ; shift += 7)
            {
                if (_at >= _end || shift > 28) return false;
                var group = _bytes[_at++];
                head |= (uint)(group & 0x7F) << shift;
                if (group < 0x80) break;
            }
            _packed = (head & 1) == 1;
            _left = _packed ? 8L * (head >> 1) : head >> 1;
            if (_packed) _bit = 0;
            else if (!TryRunValue()) return false;
        }
        return true;
    }

    private bool TryRunValue()
    {
        var bytes = (_width + 7) / 8;
        if (_end - _at < bytes) return false;
        _value = 0;
        for (var i = 0; i < bytes; i++) _value |= (uint)_bytes[_at++] << (8 * i);
        return true;
    }

    private bool TryUnpack(Span<int> to)
    {
        // The last run may be cut off after its last value.
        if (_at * 8L + _bit + (long)to.Length * _width > _end * 8L) return false;
        var mask = (1UL << _width) - 1;
        for (var i = 0; i < to.Length; i++)
        {
            to[i] = (int)((Load(_at) >> _bit) & mask);
            _bit += _width;
            _at += _bit >> 3;
            _bit &= 7;
        }
        return true;
    }

    private readonly ulong Load(int at)
    {
        if (_bytes.Length - at >= 8) return BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));
        ulong value = 0;
        for (var i = _bytes.Length - 1; i >= at; i--) value = (value << 8) | _bytes[i];
        return value;
    }
}
