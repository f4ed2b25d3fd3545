using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Segments;

/// <summary>Reads the records of one segment up to a limit. Not safe for concurrent use.</summary>
internal sealed class SegmentReader(IDiskFile file, int number, long limit, int bufferBytes = SegmentReader.WholeBufferBytes)
{
    /// <summary>The buffer of a reader that goes on to the next record.</summary>
    public const int WholeBufferBytes = 256 * 1024;

    /// <summary>The buffer of a reader of one record: longer ones are read in two steps.</summary>
    public const int OneBufferBytes = 4 * 1024;

    private byte[] _buffer = [];
    private long _bufferStart;
    private int _bufferLength;

    /// <summary>
    /// The record at an offset, and where the next begins. False when no valid record is there before the limit. The payload is
    /// the reader's own memory and changes with the next call.
    /// </summary>
    public bool TryRead(long offset, out ReadOnlyMemory<byte> payload, out long next)
    {
        payload = default;
        next = offset;
        var header = At(offset, SegmentFormat.RecordHeaderBytes);
        if (header.IsEmpty) return false;
        var length = SegmentFormat.PayloadLength(header.Span);
        if (length < 0) return false;
        var record = At(offset, SegmentFormat.RecordHeaderBytes + length);
        if (record.IsEmpty) return false;
        payload = record[SegmentFormat.RecordHeaderBytes..];
        if (!SegmentFormat.IsValid(record.Span, payload.Span, number, offset)) return false;
        next = offset + record.Length;
        return true;
    }

    /// <summary>
    /// Whether some record after a bad one was written when the bad one was already durable: then it is damage and no torn tail.
    /// </summary>
    public bool WasDurable(long bad)
    {
        for (var offset = bad + 1; offset + SegmentFormat.RecordHeaderBytes <= limit; offset++)
        {
            var header = At(offset, SegmentFormat.RecordHeaderBytes);
            if (header.IsEmpty) return false;
            var commit = SegmentFormat.CommitStart(header.Span);
            if (commit > bad && commit <= offset && TryRead(offset, out _, out _)) return true;
            if (commit == 0) offset += Zeros(offset);
        }
        return false;
    }

    /// <summary>How many of the next offsets are no record's for sure: the zeros that were written ahead are passed over quickly.</summary>
    private int Zeros(long offset)
    {
        var ahead = At(offset, (int)Math.Min(bufferBytes, limit - offset)).Span;
        var something = ahead.IndexOfAnyExcept((byte)0);
        // A record's header holds the start of its commit, which is never zero, in its last bytes.
        return Math.Max(0, (something < 0 ? ahead.Length : something) - SegmentFormat.RecordHeaderBytes);
    }

    private ReadOnlyMemory<byte> At(long offset, int length)
    {
        if (offset + length > limit) return default;
        if (offset < _bufferStart || offset + length > _bufferStart + _bufferLength) Fill(offset, length);
        var start = (int)(offset - _bufferStart);
        return start + length <= _bufferLength ? _buffer.AsMemory(start, length) : default;
    }

    private void Fill(long offset, int length)
    {
        var wanted = (int)Math.Min(Math.Max(length, bufferBytes), limit - offset);
        if (_buffer.Length < wanted) _buffer = new byte[wanted];
        _bufferStart = offset;
        _bufferLength = file.ReadFully(offset, _buffer.AsSpan(0, wanted));
    }
}
