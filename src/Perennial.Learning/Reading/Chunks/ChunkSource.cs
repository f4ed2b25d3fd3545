namespace Perennial.Learning.Reading.Chunks;

/// <summary>Where the last whole record of the bytes ends, which begin with a record; 0 when not one is whole.</summary>
internal delegate int RecordEnd(ReadOnlySpan<byte> bytes);

/// <summary>
/// Hands the workers a stream's bytes in chunks of whole records, in the order of the file. Only here is the stream read and are its
/// records parted, one chunk at a time; all else is done by the workers at once.
/// </summary>
internal sealed class ChunkSource(Stream stream, ReadOptions options, RecordEnd recordEnd, CancellationToken ct)
{
    private readonly Lock _lock = new();
    private readonly InputBytes _input = new(stream, options);
    private byte[] _carry = [];
    private int _carried, _taken;
    private bool _started, _ended;

    /// <summary>Whether no chunk is left.</summary>
    public bool Ended => Volatile.Read(ref _ended);

    /// <summary>Reads the next chunk; false at the end. A failure belongs to the chunk whose index was given.</summary>
    public bool TryTake(ByteChunk chunk)
    {
        lock (_lock)
        {
            if (_ended) return false;
            chunk.Index = _taken++;
            try
            {
                Fill(chunk);
            }
            catch
            {
                _ended = true;
                throw;
            }
            return chunk.Length > 0;
        }
    }

    private void Fill(ByteChunk chunk)
    {
        chunk.Reserve(_carried, 0);
        _carry.AsSpan(0, _carried).CopyTo(chunk.Bytes);
        var length = _carried;
        long target = options.BufferBytes;
        for (; ; )
        {
            while (target <= length) target *= 2;
            // A record may be as long as the limit, and one byte more shows that it is longer.
            length = Read(chunk, length, (int)Math.Min(target, Math.Min(options.MaxLineBytes + (long)options.BufferBytes, Array.MaxLength - 256)));
            if (_ended)
            {
                Close(chunk, length, length, truncated: false);
                return;
            }
            if (recordEnd(chunk.Bytes.AsSpan(0, length)) is > 0 and var end)
            {
                Close(chunk, length, end, truncated: false);
                return;
            }
            if (length <= options.MaxLineBytes) continue;
            _ended = true;
            Close(chunk, length, length, truncated: true);
            return;
        }
    }

    private int Read(ByteChunk chunk, int length, int target)
    {
        chunk.Reserve(target, length);
        while (length < target && !_ended)
        {
            ct.ThrowIfCancellationRequested();
            var read = _input.Read(chunk.Bytes, length, target - length);
            _ended = read == 0;
            length += read;
            if (!_started && (length >= 3 || _ended)) length = SkipByteOrderMark(chunk, length);
        }
        return length;
    }

    private int SkipByteOrderMark(ByteChunk chunk, int length)
    {
        _started = true;
        var start = chunk.Bytes.AsSpan(0, length);
        var mark = ByteOrderMark.Skip(start, options);
        start[mark..].CopyTo(start);
        return length - mark;
    }

    private void Close(ByteChunk chunk, int length, int end, bool truncated)
    {
        _carried = length - end;
        if (_carry.Length < _carried) _carry = new byte[Math.Max(_carried, 2 * _carry.Length)];
        chunk.Bytes.AsSpan(end, _carried).CopyTo(_carry);
        chunk.Close(end, truncated);
    }
}
