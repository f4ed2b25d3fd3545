using System.Collections.Concurrent;
using Perennial.Azure.Blobs;
using Perennial.Core.Ports;

namespace Perennial.Azure.Predictions;

/// <summary>
/// Streams as append blobs, one a process and hour, so that no two processes write one blob. A batch is acknowledged when its block is
/// durable; batches that come at the same time share a block.
/// </summary>
public sealed class AppendBlobLog : IPredictionLog, IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<StreamWriter>> _writers = new(StringComparer.Ordinal);
    private readonly BlobContainer _container;
    private readonly TimeProvider _clock;
    private readonly AppendBlobLogOptions _options;
    private readonly string _writer;

    /// <param name="container">Where the blobs are.</param>
    /// <param name="clock">The hours of the blobs' names; the processes that share a container must agree on it within <see cref="AppendBlobLogOptions.Settle"/>.</param>
    /// <param name="options">How it writes.</param>
    public AppendBlobLog(BlobContainer container, TimeProvider clock, AppendBlobLogOptions? options = null) =>
        (_container, _clock, _options, _writer) = (container, clock, options ?? AppendBlobLogOptions.Default, LogBlobName.NewWriter(clock.GetUtcNow()));

    /// <inheritdoc/>
    public Task Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken = default)
    {
        try
        {
            StoreNames.Check("stream", stream);
            if (records.Count == 0) return Task.CompletedTask;
            var frames = records.Select(record => LogFrames.Encode(stream, record)).ToArray();
            return Writer(stream).Append(frames).WaitAsync(cancellationToken);
        }
        catch (ArgumentException e)
        {
            return Task.FromException(e);
        }
    }

    /// <inheritdoc/>
    public async Task<LogPage> Read(string stream, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("stream", stream);
        return await new StreamReader(_container, stream, _clock, _options).Read(cursor, take, cancellationToken);
    }

    /// <summary>Writes what waits and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var writer in _writers.Values) await writer.Value.DisposeAsync();
    }

    private StreamWriter Writer(string stream) =>
        _writers.GetOrAdd(stream, name => new(() => new StreamWriter(_container, name, _writer, _clock, _options))).Value;
}
