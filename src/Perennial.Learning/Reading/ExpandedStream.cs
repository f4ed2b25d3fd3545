using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading;

/// <summary>
/// The bytes of a stream, expanded where they are gzip, by the same rules as those of the readers: a file that is cut off, damaged or
/// expands too far is refused, not taken for one that ends there. Forward only; the stream below stays open.
/// </summary>
/// <param name="stream">The bytes.</param>
/// <param name="options">Names the source and bounds the expansion.</param>
public sealed class ExpandedStream(Stream stream, ReadOptions options) : Stream
{
    private readonly InputBytes _bytes = new(stream, options);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <inheritdoc/>
    /// <exception cref="DataFormatException">The gzip data are damaged, cut off, or expand too far.</exception>
    public override int Read(byte[] buffer, int offset, int count) => _bytes.Read(buffer, offset, count);

    /// <inheritdoc/>
    public override void Flush() { }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
