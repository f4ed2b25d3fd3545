using System.IO.Compression;

namespace Perennial.Learning.Reading.Chunks;

/// <summary>
/// The bytes of a stream, expanded where they are gzip (RFC 1952, known by its first two bytes, several members after one another too).
/// What expands further than the options allow is refused, so that a small file cannot take a machine's memory.
/// </summary>
internal sealed class InputBytes(Stream stream, ReadOptions options)
{
    // Without it the runtime takes a file that was cut off for one that ends there.
    private const string StrictValidation = "System.IO.Compression.UseStrictValidation";

    private readonly ReplayedStream _raw = new(stream);
    private GZipStream? _expanded;
    private long _expandedBytes;
    private bool _opened;

    static InputBytes()
    {
        if (!AppContext.TryGetSwitch(StrictValidation, out _)) AppContext.SetSwitch(StrictValidation, true);
    }

    /// <summary>Some bytes; 0 at the end.</summary>
    /// <exception cref="DataFormatException">The gzip data are damaged, or expand too far.</exception>
    public int Read(byte[] buffer, int offset, int count)
    {
        if (!_opened) Open();
        if (_expanded is null) return _raw.Read(buffer, offset, count);
        try
        {
            var read = _expanded.Read(buffer, offset, count);
            _expandedBytes += read;
            if (_expandedBytes > options.FreeExpansion && _expandedBytes / options.MaxExpansion > _raw.Served)
                throw new DataFormatException(options.Source, "expands-too-far",
                    $"The gzip file expands to more than {options.MaxExpansion:N0} times its size. Is it what it should be? Upload it expanded.");
            return read;
        }
        catch (InvalidDataException)
        {
            throw new DataFormatException(options.Source, "damaged-gzip", "The gzip file is damaged or cut off. Compress it again.");
        }
    }

    private void Open()
    {
        _opened = true;
        if (_raw.Peek() is [0x1F, 0x8B]) _expanded = new GZipStream(_raw, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <summary>A stream whose first two bytes can be looked at, and that counts what it served.</summary>
    private sealed class ReplayedStream(Stream inner) : Stream
    {
        private readonly byte[] _first = new byte[2];
        private int _held, _replayed;

        public long Served { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public ReadOnlySpan<byte> Peek()
        {
            while (_held < _first.Length && inner.Read(_first, _held, _first.Length - _held) is > 0 and var read) _held += read;
            return _first.AsSpan(0, _held);
        }

        public override int Read(byte[] buffer, int offset, int count)
        {
            var read = Math.Min(count, _held - _replayed);
            if (read > 0)
            {
                _first.AsSpan(_replayed, read).CopyTo(buffer.AsSpan(offset));
                _replayed += read;
            }
            else read = inner.Read(buffer, offset, count);
            Served += read;
            return read;
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
