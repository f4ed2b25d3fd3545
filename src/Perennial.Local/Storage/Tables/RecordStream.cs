using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Tables;

/// <summary>Writes the records of a snapshot one after another, many with one write. Its header is written last, by whoever finishes it.</summary>
internal sealed class RecordStream(IDiskFile file, int number, int bufferBytes)
{
    private byte[] _buffer = new byte[bufferBytes];
    private long _start = SegmentFormat.HeaderBytes;
    private int _used;

    public void Add(ReadOnlySpan<byte> payload)
    {
        var length = SegmentFormat.RecordHeaderBytes + payload.Length;
        if (_used + length > _buffer.Length) Flush();
        if (length > _buffer.Length) _buffer = new byte[length];
        SegmentFormat.WriteRecord(_buffer.AsSpan(_used), number, _start + _used, SegmentFormat.HeaderBytes, payload);
        _used += length;
    }

    /// <summary>Writes the rest and returns where the last record ends.</summary>
    public long Finish()
    {
        Flush();
        return _start;
    }

    private void Flush()
    {
        if (_used > 0) file.Write(_start, _buffer.AsSpan(0, _used));
        _start += _used;
        _used = 0;
    }
}
