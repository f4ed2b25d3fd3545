using Azure;
using Azure.Storage.Blobs.Models;
using Perennial.Azure.Blobs;
using Perennial.Core.Ports;

namespace Perennial.Azure.Predictions;

/// <summary>One read of a stream: the blobs of the hours that count, each from where the vector says.</summary>
internal sealed class StreamReader(BlobContainer container, string stream, TimeProvider clock, AppendBlobLogOptions options)
{
    private const int ChunkBytes = 4 * LogFrames.MaxFrameBytes;

    // A gap of more days than this is listed in one go instead of day by day.
    private const int MaxDays = 7;
    private readonly List<LogRecord> _records = [];

    public async Task<LogPage> Read(string? cursor, int take, CancellationToken cancellationToken)
    {
        var vector = LogVector.Parse(cursor);
        var now = clock.GetUtcNow();
        var blobs = await List(vector, now, cancellationToken);
        var offsets = new Dictionary<string, long>(vector.Offsets, StringComparer.Ordinal);
        var current = vector.Current;
        foreach (var (name, length) in blobs.OrderByDescending(blob => blob.Name == vector.Current).ThenBy(blob => blob.Name, StringComparer.Ordinal))
        {
            var offset = vector.OffsetIn(name);
            if (_records.Count >= take) break;
            if (offset >= length) continue;
            offsets[name] = await ReadBlob(name, offset, length, take, cancellationToken);
            current = name;
        }
        if (_records.Count == 0) return new LogPage([], cursor);
        return new LogPage(_records, Advance(new LogVector(vector.Floor, current, offsets), blobs, now).ToString());
    }

    private async Task<List<(string Name, long Length)>> List(LogVector vector, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var found = new List<(string, long)>();
        foreach (var prefix in Prefixes(vector.Floor, now))
        {
            await foreach (var item in Listing.Of(container, prefix, cancellationToken))
            {
                var name = item.Name[(stream.Length + 1)..];
                if (LogBlobName.IsOne(name) && string.CompareOrdinal(name, vector.Floor) >= 0) found.Add((name, item.Properties.ContentLength ?? 0));
            }
        }
        return found;
    }

    private IEnumerable<string> Prefixes(string floor, DateTimeOffset now)
    {
        // A writer's clock may be ahead.
        var until = now + options.Settle;
        if (!LogBlobName.TryHour(floor, out var from) || until - from > TimeSpan.FromDays(MaxDays)) return [$"{stream}/"];
        var days = (until.UtcDateTime.Date - from.UtcDateTime.Date).Days;
        return Enumerable.Range(0, Math.Max(days, 0) + 1).Select(day => $"{stream}/{LogBlobName.DayOf(LogBlobName.HourOf(from.AddDays(day)))}/");
    }

    /// <summary>Reads until the blob's length or until there are enough records; returns where it stopped.</summary>
    private async Task<long> ReadBlob(string name, long offset, long length, int take, CancellationToken cancellationToken)
    {
        var blob = container.Client.GetBlobClient($"{stream}/{name}");
        while (offset < length && _records.Count < take)
        {
            var range = new BlobDownloadOptions { Range = new HttpRange(offset, Math.Min(ChunkBytes, length - offset)) };
            var bytes = (await blob.DownloadContentAsync(range, cancellationToken)).Value.Content.ToMemory();
            var read = 0;
            while (_records.Count < take && LogFrames.Decode(blob.Name, offset + read, bytes[read..]) is { } frame)
            {
                _records.Add(frame.Record);
                read += frame.Length;
            }
            // Appends are atomic and of whole frames, and a chunk holds any frame.
            if (read == 0) throw new StoreDamagedException($"'{blob.Name}' is cut at byte {offset}: its last record is not whole. Restore it from the account's soft-deleted blobs.");
            offset += read;
        }
        return offset;
    }

    /// <summary>Raises the floor over the hours that are finished and read, and forgets their blobs.</summary>
    private LogVector Advance(LogVector vector, List<(string Name, long Length)> blobs, DateTimeOffset now)
    {
        var floor = LogBlobName.HourOf(now - options.Settle - TimeSpan.FromHours(1));
        foreach (var (name, length) in blobs)
            if (vector.OffsetIn(name) < length && string.CompareOrdinal(name, floor) < 0) floor = name[..LogBlobName.HourOf(now).Length];
        if (string.CompareOrdinal(floor, vector.Floor) < 0) floor = vector.Floor;
        return vector with
        {
            Floor = floor,
            Offsets = vector.Offsets.Where(pair => string.CompareOrdinal(pair.Key, floor) >= 0).ToDictionary(pair => pair.Key, pair => pair.Value),
        };
    }
}
