namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>What a window found when asked for more bytes.</summary>
internal enum WindowState
{
    /// <summary>There are more bytes.</summary>
    More,

    /// <summary>The stream has ended.</summary>
    Ended,

    /// <summary>More bytes than one record may have are pending already.</summary>
    Full,
}

/// <summary>A sliding buffer over a stream: bytes stay until they are consumed, and no more than one record and a block are held.</summary>
internal sealed class ByteWindow(Stream stream, int blockBytes, int maxPending, CancellationToken ct)
{
    private byte[] _buffer = new byte[blockBytes];
    private int _start, _end;

    /// <summary>The bytes read and not yet consumed; callers may write into it (cells are unescaped in place).</summary>
    public Span<byte> Pending => _buffer.AsSpan(_start, _end - _start);

    public void Consume(int count) => _start += count;

    /// <summary>Reads once. Pending bytes may move, so callers take <see cref="Pending"/> anew.</summary>
    public WindowState Fill()
    {
        ct.ThrowIfCancellationRequested();
        if (_end - _start > maxPending) return WindowState.Full;
        if (_end == _buffer.Length) MakeRoom();
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        return read == 0 ? WindowState.Ended : WindowState.More;
    }

    private void MakeRoom()
    {
        var pending = Pending;
        var target = _buffer;
        if (pending.Length > _buffer.Length / 2) target = new byte[(int)Math.Min(2L * _buffer.Length, Array.MaxLength)];
        pending.CopyTo(target);
        _end = pending.Length;
        _start = 0;
        _buffer = target;
    }
}
