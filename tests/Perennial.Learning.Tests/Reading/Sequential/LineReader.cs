using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>Lines ended by LF or CRLF, empty ones skipped.</summary>
internal sealed class LineReader(Stream utf8, ReadOptions options, CancellationToken ct)
{
    private readonly ByteWindow _window = new(utf8, options.BufferBytes, options.MaxLineBytes, ct);
    private int _length, _consume, _scanned;
    private bool _bomChecked;

    /// <summary>The number of the line, from 1.</summary>
    public long Line { get; private set; }

    /// <summary>The line without its end; valid until the next read.</summary>
    public ReadOnlySpan<byte> Text => _window.Pending[.._length].TrimEnd((byte)'\r');

    public bool Read()
    {
        if (!_bomChecked) CheckByteOrderMark();
        do
        {
            _window.Consume(_consume);
            (_consume, _scanned) = (0, 0);
            Line++;
            if (!Scan()) return false;
        } while (Text.TrimStart(" \t\r"u8).IsEmpty);
        return true;
    }

    private void CheckByteOrderMark()
    {
        _bomChecked = true;
        while (_window.Pending.Length < 3 && _window.Fill() == WindowState.More) { }
        _window.Consume(ByteOrderMark.Skip(_window.Pending, options));
    }

    private bool Scan()
    {
        for (; ; )
        {
            var end = _window.Pending[_scanned..].IndexOf((byte)'\n');
            if (end >= 0) return Found(_scanned + end, 1);
            _scanned = _window.Pending.Length;
            switch (_window.Fill())
            {
                case WindowState.Full: throw TooLong();
                case WindowState.Ended: return _scanned > 0 && Found(_scanned, 0);
            }
        }
    }

    private bool Found(int length, int terminator)
    {
        if (length > options.MaxLineBytes) throw TooLong();
        (_length, _consume) = (length, length + terminator);
        return true;
    }

    private DataFormatException TooLong() => new(options.Source, "line-too-long",
        $"The line is longer than {options.MaxLineBytes:N0} bytes. JSON Lines has one object a line: is this one JSON array?", Line);
}
