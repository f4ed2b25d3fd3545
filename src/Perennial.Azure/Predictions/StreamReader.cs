using Azure;
using Azure.Storage.Blobs.Models;
using Perennial.Azure.Blobs;
using Perennial.Core.Ports;

namespace Perennial.Azure.Predictions;

/// <summary>One read of a stream: the blobs of the hours that count, each from where the vector says.</summary>
internal sealed class StreamReader(BlobContainer container, string stream, TimeProvider clock, AppendBlobLogOptions options)
{
    private const int ChunkBytes = 4 * LogFrames.MaxFrameBytes;

    // A gap of more days than this is listed month by month, and only as far as a read gets.
    private const int MaxDays = 7;
    private readonly List<LogRecord> _records = [];
    private readonly List<(string Name, long Length)> _listed = [];

    public async Task<LogPage> Read(string? cursor, int take, CancellationToken cancellationToken)
    {
        var vector = LogVector.Parse(cursor);
        var now = clock.GetUtcNow();
        var offsets = new Dictionary<string, long>(vector.Offsets, StringComparer.Ordinal);
        var current = vector.Current;
        string? unlisted = null;
        foreach (var part in Parts(vector.Floor, now))
        {
            if (_records.Count >= take)
            {
                unlisted = part.From;
                break;
            }
            var blobs = await List(part.Prefixes, vector.Floor, cancellationToken);
            foreach (var (name, length) in blobs.OrderByDescending(blob => blob.Name == vector.Current).ThenBy(blob => blob.Name, StringComparer.Ordinal))
            {
                var offset = vector.OffsetIn(name);
                if (_records.Count >= take) break;
                if (offset >= length) continue;
                offsets[name] = await ReadBlob(name, offset, length, take, cancellationToken);
                current = name;
            }
        }
        if (_records.Count == 0) return new LogPage([], cursor);
        return new LogPage(_records, Advance(new LogVector(vector.Floor, current, offsets), unlisted, now).ToString());
    }

    private async Task<List<(string Name, long Length)>> List(IEnumerable<string> prefixes, string floor, CancellationToken cancellationToken)
    {
        var found = new List<(string, long)>();
        foreach (var prefix in prefixes)
        {
            await foreach (var item in Listing.Of(container, $"{stream}/{prefix}", cancellationToken))
            {
                var name = item.Name[(stream.Length + 1)..];
                if (LogBlobName.IsOne(name) && string.CompareOrdinal(name, floor) >= 0) found.Add((name, item.Properties.ContentLength ?? 0));
            }
        }
        _listed.AddRange(found);
        return found;
    }

    /// <summary>
    /// What names begin with that are not before the floor: parts that follow each other, each with the first hour it may hold. Blobs of one part are
    /// read together, so that the hours that may still grow, and the blob that the last read stopped in, lie in one.
    /// </summary>
    private IEnumerable<(string From, IEnumerable<string> Prefixes)> Parts(string floor, DateTimeOffset now)
    {
        // A writer's clock may be ahead.
        var until = now + options.Settle;
        if (!LogBlobName.TryHour(floor, out var hour)) return [("", [""])];
        var (from, to) = (hour.UtcDateTime.Date, until.UtcDateTime.Date);
        if (until - hour <= TimeSpan.FromDays(MaxDays)) return [(floor, Days(from, to))];
        // The days of hours that may still grow are a part of their own.
        var recent = (now - options.Settle - TimeSpan.FromHours(1)).UtcDateTime.Date;
        return [.. Months(from, recent), (LogBlobName.HourOf(new DateTimeOffset(recent, TimeSpan.Zero)), Days(recent, to))];
    }

    private static IEnumerable<string> Days(DateTime from, DateTime to) =>
        Enumerable.Range(0, Math.Max((to - from).Days, 0) + 1).Select(day => LogBlobName.DayOf(LogBlobName.HourOf(new DateTimeOffset(from.AddDays(day), TimeSpan.Zero))) + "/");

    // The rest of the first month and the beginning of the last one day by day.
    private static IEnumerable<(string From, IEnumerable<string> Prefixes)> Months(DateTime from, DateTime end)
    {
        while (from < end)
        {
            var (first, next) = (new DateTimeOffset(from, TimeSpan.Zero), new DateTime(from.Year, from.Month, 1, 0, 0, 0, DateTimeKind.Utc).AddMonths(1));
            var isWhole = from.Day == 1 && next <= end;
            if (next > end) next = end;
            yield return (LogBlobName.HourOf(first), isWhole ? [LogBlobName.MonthOf(LogBlobName.HourOf(first))] : Days(from, next.AddDays(-1)));
            from = next;
        }
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
    private LogVector Advance(LogVector vector, string? unlisted, DateTimeOffset now)
    {
        var floor = LogBlobName.HourOf(now - options.Settle - TimeSpan.FromHours(1));
        if (unlisted is not null && string.CompareOrdinal(unlisted, floor) < 0) floor = unlisted;
        foreach (var (name, length) in _listed)
            if (vector.OffsetIn(name) < length && string.CompareOrdinal(name, floor) < 0) floor = name[..LogBlobName.HourOf(now).Length];
        if (string.CompareOrdinal(floor, vector.Floor) < 0) floor = vector.Floor;
        return vector with
        {
            Floor = floor,
            Offsets = vector.Offsets.Where(pair => string.CompareOrdinal(pair.Key, floor) >= 0).ToDictionary(pair => pair.Key, pair => pair.Value),
        };
    }
}
