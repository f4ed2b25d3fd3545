using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Perennial.Azure.Blobs;

/// <summary>
/// Reads a blob of which the bytes never change, block by block. No block is read under the ETag of the first, which changes whenever somebody
/// asks for the content.
/// </summary>
internal sealed class ContentStream : Stream
{
    private const int BlockBytes = 4 * 1024 * 1024;
    private readonly BlobClient _blob;
    private ReadOnlyMemory<byte> _block;
    private long _blockAt;
    private long _position;

    private ContentStream(BlobClient blob, ReadOnlyMemory<byte> block, long length) => (_blob, _block, Length) = (blob, block, length);

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <summary>The blob at its beginning, of which the first block has been read; null when there is none.</summary>
    public static async Task<ContentStream?> Open(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            var first = (await blob.DownloadContentAsync(Range(0), cancellationToken)).Value;
            var range = first.Details.ContentRange;
            var length = range is null ? first.Content.ToMemory().Length : long.Parse(range.AsSpan(range.IndexOf('/', StringComparison.Ordinal) + 1), NumberStyles.None, CultureInfo.InvariantCulture);
            return new ContentStream(blob, first.Content.ToMemory(), length);
        }
        catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure))
        {
            return null;
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.InvalidRange)
        {
            // Nothing has no first byte.
            return new ContentStream(blob, default, 0);
        }
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.Length == 0) return 0;
        if (!HasBlock()) Take(_blob.DownloadContent(Range(_position)).Value);
        return Copy(buffer);
    }

    /// <inheritdoc/>
    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_position >= Length || buffer.Length == 0) return 0;
        if (!HasBlock()) Take((await _blob.DownloadContentAsync(Range(_position), cancellationToken)).Value);
        return Copy(buffer.Span);
    }

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = offset + origin switch
    {
        SeekOrigin.Begin => 0,
        SeekOrigin.Current => _position,
        _ => Length,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static BlobDownloadOptions Range(long from) => new() { Range = new HttpRange(from, BlockBytes) };

    private bool HasBlock() => _position >= _blockAt && _position < _blockAt + _block.Length;

    private void Take(BlobDownloadResult block) => (_block, _blockAt) = (block.Content.ToMemory(), _position);

    private int Copy(Span<byte> buffer)
    {
        var rest = _block.Span[(int)(_position - _blockAt)..];
        var count = Math.Min(rest.Length, buffer.Length);
        rest[..count].CopyTo(buffer);
        _position += count;
        return count;
    }
}
