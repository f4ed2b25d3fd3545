using System.Buffers.Binary;
using System.Collections.Concurrent;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Predictions;

/// <summary>
/// A segmented log for each stream, in a folder each. Concurrent appends to a stream share a sync; streams are spread over a few lanes that
/// sync side by side, so that a busy stream holds up only those in its lane. One process owns the folder.
/// </summary>
public sealed class PredictionLogFolder : IPredictionLog, IDisposable
{
    /// <summary>Bytes of a record's payload at most.</summary>
    public const int MaxPayloadBytes = 1024 * 1024;

    private const int Lanes = 8;
    private const int TimeBytes = sizeof(long) + sizeof(short);
    private readonly IDisk _disk;
    private readonly string _folder;
    private readonly SegmentedLogOptions _options;
    private readonly Lock _opening = new();
    private readonly Dictionary<string, SegmentedLog> _opened = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<SegmentedLog>> _logs = new(StringComparer.Ordinal);
    private readonly GroupCommit<Waiting>[] _lanes;
    private readonly ConcurrentDictionary<string, GroupCommit<Waiting>> _laneOf = new(StringComparer.Ordinal);
    private int _nextLane;

    /// <summary>Opens or creates the folder. A stream's files are opened when it is first used.</summary>
    public PredictionLogFolder(string folder)
        : this(SystemDisk.Instance, folder, new SegmentedLogOptions(SegmentBytes: 16 * 1024 * 1024))
    {
    }

    internal PredictionLogFolder(IDisk disk, string folder, SegmentedLogOptions options)
    {
        _disk = disk;
        _folder = Path.GetFullPath(folder);
        _options = options;
        disk.CreateFolderDurably(_folder);
        _lanes = [.. Enumerable.Range(1, Lanes).Select(lane => new GroupCommit<Waiting>($"predictions {lane}", Commit, options.Inline))];
    }

    /// <inheritdoc/>
    public Task Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("stream", stream);
        if (records.Count == 0) return Task.CompletedTask;
        var waiting = new Waiting(stream, [.. records.Select(record => Encode(stream, record))]);
        _laneOf.GetOrAdd(stream, _ => _lanes[Interlocked.Increment(ref _nextLane) % Lanes]).Submit(waiting);
        return waiting.Task;
    }

    /// <inheritdoc/>
    public Task<LogPage> Read(string stream, string? cursor, int take, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("stream", stream);
        ArgumentOutOfRangeException.ThrowIfLessThan(take, 1);
        var from = LogCursor.Parse(cursor);
        // A stream that was never written gets no folder from being read.
        if (!_logs.ContainsKey(stream) && !_disk.FolderExists(PathOf(stream))) return Task.FromResult(new LogPage([], cursor));
        var (records, next) = Log(stream).Read(from, take);
        return Task.FromResult(new LogPage([.. records.Select(Decode)], records.Count == 0 ? cursor : LogCursor.Format(next)));
    }

    /// <summary>Keeps appends to all streams away until it is disposed of on the same thread.</summary>
    internal HeldStreams Hold() => new(_disk, _folder, _opening, _opened);

    /// <summary>Completes what was appended and closes the files.</summary>
    public void Dispose()
    {
        foreach (var lane in _lanes) lane.Dispose();
        foreach (var log in _logs.Values.Where(log => log.IsValueCreated)) log.Value.Dispose();
    }

    private static ReadOnlyMemory<byte> Encode(string stream, LogRecord record)
    {
        if (record.Payload.Length > MaxPayloadBytes)
            throw new ArgumentException($"A record of stream '{stream}' has {record.Payload.Length} bytes; at most 1 MiB is allowed.");
        var bytes = new byte[TimeBytes + record.Payload.Length];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, record.Time.Ticks);
        BinaryPrimitives.WriteInt16LittleEndian(bytes.AsSpan(sizeof(long)), (short)record.Time.TotalOffsetMinutes);
        record.Payload.CopyTo(bytes.AsMemory(TimeBytes));
        return bytes;
    }

    private static LogRecord Decode(byte[] bytes)
    {
        var offset = TimeSpan.FromMinutes(BinaryPrimitives.ReadInt16LittleEndian(bytes.AsSpan(sizeof(long))));
        return new LogRecord(new DateTimeOffset(BinaryPrimitives.ReadInt64LittleEndian(bytes), offset), bytes.AsMemory(TimeBytes));
    }

    private void Commit(List<Waiting> group)
    {
        if (group.TrueForAll(waiting => waiting.Stream == group[0].Stream))
        {
            Commit(group[0].Stream, group);
            return;
        }
        foreach (var stream in group.GroupBy(waiting => waiting.Stream, StringComparer.Ordinal)) Commit(stream.Key, [.. stream]);
    }

    private void Commit(string stream, List<Waiting> group)
    {
        try
        {
            var records = new List<ReadOnlyMemory<byte>>(group.Count);
            foreach (var waiting in group) records.AddRange(waiting.Records);
            Log(stream).Commit(records);
        }
        catch (Exception e)
        {
            Acknowledgements.Fail(group, e, _options.Inline);
            return;
        }
        Acknowledgements.Send(group, _options.Inline);
    }

    private SegmentedLog Log(string stream)
    {
        var log = _logs.GetOrAdd(stream, name => new(() => Open(name)));
        try
        {
            return log.Value;
        }
        catch
        {
            // The next use tries again: a full disk may have space by then.
            _logs.TryRemove(KeyValuePair.Create(stream, log));
            throw;
        }
    }

    private SegmentedLog Open(string stream)
    {
        lock (_opening)
        {
            var path = PathOf(stream);
            return _opened[path] = SegmentedLog.Open(_disk, path, _options);
        }
    }

    private string PathOf(string stream) => Path.Combine(_folder, FileNames.Escape(stream));

    private sealed class Waiting(string stream, ReadOnlyMemory<byte>[] records) : PendingWrite<bool>
    {
        public string Stream => stream;

        public ReadOnlyMemory<byte>[] Records => records;

        protected override bool Outcome => true;
    }
}
