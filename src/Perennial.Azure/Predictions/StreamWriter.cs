using System.Threading.Channels;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Perennial.Azure.Blobs;

namespace Perennial.Azure.Predictions;

/// <summary>
/// One process's appends to one stream, one block after the other: what waits while a block is on its way goes into the next one. It alone
/// writes its blobs.
/// </summary>
internal sealed class StreamWriter : IAsyncDisposable
{
    private readonly Channel<PendingAppend> _pending = Channel.CreateUnbounded<PendingAppend>(new UnboundedChannelOptions { SingleReader = true });
    private readonly BlobContainer _container;
    private readonly TimeProvider _clock;
    private readonly AppendBlobLogOptions _options;
    private readonly string _stream;
    private readonly string _writer;
    private readonly Task _loop;
    private AppendBlobClient? _blob;
    private string _hour = "";
    private int _segment;
    private int _blocks;
    private long _length;

    public StreamWriter(BlobContainer container, string stream, string writer, TimeProvider clock, AppendBlobLogOptions options)
    {
        (_container, _stream, _writer, _clock, _options) = (container, stream, writer, clock, options);
        _loop = Task.Run(Run);
    }

    public Task Append(IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        var append = new PendingAppend(frames);
        if (!_pending.Writer.TryWrite(append)) throw new ObjectDisposedException(nameof(AppendBlobLog));
        return append.Done.Task;
    }

    /// <summary>Writes what waits and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        await _loop;
    }

    private async Task Run()
    {
        var last = _clock.GetTimestamp() - _clock.TimestampFrequency;
        while (await _pending.Reader.WaitToReadAsync())
        {
            if (_clock.GetElapsedTime(last) < _options.Linger) await Task.Delay(_options.Linger, TimeProvider.System);
            await Commit(Group());
            last = _clock.GetTimestamp();
        }
    }

    private List<PendingAppend> Group()
    {
        var group = new List<PendingAppend>();
        long bytes = 0;
        while (bytes < _options.MaxBlockBytes && _pending.Reader.TryRead(out var append))
        {
            group.Add(append);
            bytes += append.Frames.Sum(frame => (long)frame.Length);
        }
        return group;
    }

    private async Task Commit(List<PendingAppend> group)
    {
        try
        {
            // One blob for all of them, so that no append is spread over two, between which a reader would meet other writers'.
            var blocks = Blocks(group).ToList();
            var blob = await Blob(blocks.Count);
            foreach (var block in blocks) await Write(blob, block);
            foreach (var append in group) append.Done.TrySetResult();
        }
        catch (Exception failure)
        {
            // What the service has of it is not known: nothing more goes into that blob.
            _blob = null;
            foreach (var append in group) append.Done.TrySetException(failure);
        }
    }

    private IEnumerable<byte[]> Blocks(List<PendingAppend> group)
    {
        using var block = new MemoryStream();
        foreach (var frame in group.SelectMany(append => append.Frames))
        {
            if (block.Length > 0 && block.Length + frame.Length > _options.MaxBlockBytes)
            {
                yield return block.ToArray();
                block.SetLength(0);
            }
            block.Write(frame.Span);
        }
        if (block.Length > 0) yield return block.ToArray();
    }

    private async Task Write(AppendBlobClient blob, byte[] block)
    {
        var conditions = new AppendBlobRequestConditions { IfAppendPositionEqual = _length };
        try
        {
            using var bytes = new MemoryStream(block, writable: false);
            await blob.AppendBlockAsync(bytes, new AppendBlobAppendBlockOptions { Conditions = conditions });
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.AppendPositionConditionNotMet)
        {
            // A repeated request met what the first had done, of which the answer was lost: then the blob is as long as it should be.
            var length = (await blob.GetPropertiesAsync()).Value.ContentLength;
            if (length != _length + block.Length) throw;
        }
        _length += block.Length;
        _blocks++;
    }

    private async Task<AppendBlobClient> Blob(int blocks)
    {
        var hour = LogBlobName.HourOf(_clock.GetUtcNow());
        if (_blob is not null && hour == _hour && _blocks + blocks <= _options.MaxBlocks) return _blob;
        var blob = _container.Client.GetAppendBlobClient($"{_stream}/{LogBlobName.Of(hour, _writer, ++_segment)}");
        try
        {
            var options = new AppendBlobCreateOptions { Conditions = new AppendBlobRequestConditions { IfNoneMatch = ETag.All } };
            await _container.Write(_ => blob.CreateAsync(options), CancellationToken.None);
        }
        catch (RequestFailedException failure) when (BlobContainer.IsThere(failure))
        {
            // Its name is this writer's own: a repeated request met the blob that the first had made.
        }
        (_hour, _blocks, _length) = (hour, 0, 0);
        return _blob = blob;
    }

    private sealed record PendingAppend(IReadOnlyList<ReadOnlyMemory<byte>> Frames)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
