using System.Globalization;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Fakes;

/// <summary>Streams of records in memory; a cursor is the number of records before it.</summary>
public sealed class InMemoryPredictionLog : IPredictionLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<LogRecord>> _streams = new(StringComparer.Ordinal);

    public Task Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("stream", stream);
        if (records.FirstOrDefault(r => r.Payload.Length > 1024 * 1024) is { } large)
            throw new ArgumentException($"A record of stream '{stream}' has {large.Payload.Length} bytes; at most 1 MiB is allowed.");
        lock (_lock)
        {
            if (!_streams.TryGetValue(stream, out var log)) _streams[stream] = log = [];
            log.AddRange(records.Select(r => new LogRecord(r.Time, r.Payload.ToArray())));
        }
        return Task.CompletedTask;
    }

    public Task<LogPage> Read(string stream, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("stream", stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        var start = cursor is null ? 0 : int.Parse(cursor, CultureInfo.InvariantCulture);
        lock (_lock)
        {
            if (!_streams.TryGetValue(stream, out var log) || log.Count == 0) return Task.FromResult(new LogPage([], cursor));
            var page = log.Skip(start).Take(take).ToList();
            return Task.FromResult(new LogPage(page, (start + page.Count).ToString(CultureInfo.InvariantCulture)));
        }
    }
}
