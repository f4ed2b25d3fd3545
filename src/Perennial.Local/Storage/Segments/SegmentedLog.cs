using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Segments;

/// <summary>
/// An append-only log of records in a folder. A record is acknowledged when it is durable; only durable records are read. After a
/// failed write the segment is left at its last durable end and the next write begins a new one. Safe for concurrent use.
/// </summary>
internal sealed class SegmentedLog : IDisposable
{
    private readonly SegmentChain _chain;
    private readonly SegmentedLogOptions _options;
    private readonly Lock _writing = new();
    private readonly Lock _looking = new();
    private readonly List<Segment> _segments;
    private readonly List<ReadOnlyMemory<byte>> _records = [];
    private readonly GroupCommit<IPendingAppend> _group;
    private SegmentWriter? _writer;
    private volatile bool _disposed;

    private SegmentedLog(SegmentChain chain, SegmentedLogOptions options, List<Segment> segments, string folder)
    {
        _chain = chain;
        _options = options;
        _segments = segments;
        _group = new GroupCommit<IPendingAppend>(Path.GetFileName(folder), CommitGroup, options.Inline);
        if (segments.Count > 0) _writer = chain.Continue(segments[^1], options.WriteAheadBytes);
    }

    /// <summary>The number of the first segment; 1 when nothing was ever written.</summary>
    public int First
    {
        get
        {
            lock (_looking) return _segments.Count == 0 ? 1 : _segments[0].Number;
        }
    }

    /// <summary>Where the next record begins at the earliest; every record before it is durable.</summary>
    public LogPosition End
    {
        get
        {
            lock (_looking) return _segments.Count == 0 ? new(1, SegmentFormat.HeaderBytes) : new(_segments[^1].Number, _segments[^1].End);
        }
    }

    /// <summary>Bytes of all records that are kept.</summary>
    public long Bytes
    {
        get
        {
            lock (_looking) return _segments.Sum(segment => segment.End);
        }
    }

    /// <summary>Opens or creates the log of a folder. A torn tail is cut.</summary>
    /// <param name="disk">The disk.</param>
    /// <param name="folder">The folder, which belongs to this log alone.</param>
    /// <param name="options">Sizes.</param>
    /// <param name="from">Segments before this one are removed: a snapshot holds what they say.</param>
    /// <exception cref="CorruptStoreException">Something else than a torn tail is wrong with a header, or the last segment.</exception>
    public static SegmentedLog Open(IDisk disk, string folder, SegmentedLogOptions? options = null, int from = 1)
    {
        var chain = new SegmentChain(disk, folder);
        return new SegmentedLog(chain, options ?? new SegmentedLogOptions(), chain.Open(from), folder);
    }

    /// <summary>Appends a record; completes when it is durable. Concurrent appenders share a sync.</summary>
    public Task<LogPosition> Append(ReadOnlyMemory<byte> record)
    {
        Check(record);
        var pending = new PendingRecord(record);
        _group.Submit(pending);
        return pending.Task;
    }

    /// <summary>Appends records that stay together; completes when all are durable. The order of calls is the order in the log.</summary>
    public Task<LogPosition[]> Append(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        foreach (var record in records) Check(record);
        var pending = new PendingRecords(records);
        _group.Submit(pending);
        return pending.Task;
    }

    /// <summary>Appends records with one sync on the calling thread, for stores that gather groups themselves.</summary>
    /// <exception cref="IOException">Nothing is acknowledged; a later call may succeed.</exception>
    public LogPosition[] Commit(IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        foreach (var record in records) Check(record);
        if (records.Count == 0) return [];
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_writer is { } full && full.End >= _options.SegmentBytes) CloseWriter();
            var writer = _writer ??= Begin();
            try
            {
                var positions = writer.Commit(records);
                SetEnd(writer.End);
                return positions;
            }
            catch
            {
                _writer = null;
                writer.Abandon();
                throw;
            }
        }
    }

    /// <summary>Begins a new segment and returns its number.</summary>
    public int Roll()
    {
        lock (_writing)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            CloseWriter();
            _writer = Begin();
            return _writer.Number;
        }
    }

    /// <summary>Removes the segments before a number.</summary>
    public void DropBefore(int number)
    {
        lock (_writing)
        {
            while (First < number && End.Segment > First)
            {
                _chain.Delete(First);
                lock (_looking) _segments.RemoveAt(0);
            }
        }
    }

    /// <summary>
    /// Keeps commits, new segments and removals away until it is disposed of on the same thread, so that files up to these lengths are
    /// what a power cut now would leave.
    /// </summary>
    public HeldLog Hold() => new(_writing, () => [.. Snapshot().Select(segment => new HeldFile(_chain.PathOf(segment.Number), segment.End))]);

    /// <summary>Hands every durable record on, in order. The memory is valid during the call only.</summary>
    /// <exception cref="CorruptStoreException">A record fails its checksum.</exception>
    public void Replay(Action<LogPosition, ReadOnlyMemory<byte>> record)
    {
        foreach (var segment in Snapshot()) Replay(segment, record);
    }

    /// <summary>At most so many durable records from a position on, and the position after them.</summary>
    /// <exception cref="ArgumentException">The position is behind the log's end.</exception>
    /// <exception cref="CorruptStoreException">A record fails its checksum, or the position is none of this log's.</exception>
    public (List<byte[]> Records, LogPosition Next) Read(LogPosition from, int take)
    {
        var segments = Snapshot();
        var records = new List<byte[]>();
        if (segments.Count == 0 || segments[^1].Number < from.Segment || (segments[^1].Number == from.Segment && segments[^1].End < from.Offset))
        {
            if (from.Offset <= SegmentFormat.HeaderBytes && from.Segment <= 1) return (records, from);
            throw new ArgumentException($"Position {from.Segment}.{from.Offset} is behind the log's end. It belongs to another log, or the log was restored from a backup: read it from the beginning.");
        }
        if (from.Segment > 0 && from.Segment < segments[0].Number)
            throw new CorruptStoreException(_chain.PathOf(from.Segment), from.Offset, "the segment is gone; what comes after it is something else.");
        var next = from;
        foreach (var segment in segments.Where(segment => segment.Number >= from.Segment))
        {
            var offset = segment.Number == from.Segment ? Math.Max(from.Offset, SegmentFormat.HeaderBytes) : SegmentFormat.HeaderBytes;
            if (offset >= segment.End) continue;
            if (records.Count == take) break;
            next = new LogPosition(segment.Number, Read(segment, offset, take, records));
        }
        return (records, next);
    }

    /// <summary>Completes what was appended and closes the files.</summary>
    public void Dispose()
    {
        _group.Dispose();
        lock (_writing)
        {
            CloseWriter();
            _disposed = true;
        }
    }

    private static void Check(ReadOnlyMemory<byte> record)
    {
        if (record.Length > SegmentFormat.MaxPayloadBytes)
            throw new ArgumentException($"A record has {record.Length} bytes; at most {SegmentFormat.MaxPayloadBytes} are allowed.");
    }

    private void CommitGroup(List<IPendingAppend> group)
    {
        try
        {
            foreach (var append in group) append.AddTo(_records);
            var positions = Commit(_records);
            var start = 0;
            foreach (var append in group) start = append.Take(positions, start);
            Acknowledgements.Send(group, _options.Inline);
        }
        catch (Exception e)
        {
            Acknowledgements.Fail(group, e, _options.Inline);
        }
        finally
        {
            _records.Clear();
        }
    }

    private SegmentWriter Begin()
    {
        var end = End;
        var first = Snapshot().Count == 0;
        var writer = _chain.Begin(first ? end.Segment : end.Segment + 1, first ? 0 : end.Offset, _options.WriteAheadBytes);
        lock (_looking) _segments.Add(new Segment(writer.Number, writer.End));
        return writer;
    }

    private void CloseWriter()
    {
        _writer?.Abandon();
        _writer = null;
    }

    private void SetEnd(long end)
    {
        lock (_looking) _segments[^1] = _segments[^1] with { End = end };
    }

    private List<Segment> Snapshot()
    {
        lock (_looking) return [.. _segments];
    }

    private void Replay(Segment segment, Action<LogPosition, ReadOnlyMemory<byte>> record)
    {
        using var file = _chain.OpenForReading(segment.Number);
        var reader = new SegmentReader(file, segment.Number, segment.End);
        for (long offset = SegmentFormat.HeaderBytes; offset < segment.End;)
        {
            if (!reader.TryRead(offset, out var payload, out var next)) throw Damaged(segment.Number, offset);
            record(new LogPosition(segment.Number, offset), payload);
            offset = next;
        }
    }

    private long Read(Segment segment, long offset, int take, List<byte[]> records)
    {
        using var file = _chain.OpenForReading(segment.Number);
        var reader = new SegmentReader(file, segment.Number, segment.End, take == 1 ? SegmentReader.OneBufferBytes : SegmentReader.WholeBufferBytes);
        while (offset < segment.End && records.Count < take)
        {
            if (!reader.TryRead(offset, out var payload, out var next)) throw Damaged(segment.Number, offset);
            records.Add(payload.ToArray());
            offset = next;
        }
        return offset;
    }

    private CorruptStoreException Damaged(int segment, long offset) =>
        new(_chain.PathOf(segment), offset, "a record that was durable fails its checksum.");
}
