using System.Globalization;
using Perennial.Local.Storage;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>
/// The engine's log. Records gather until they are submitted; batches become durable in order, several with one sync. A compacted log
/// begins with a checkpoint: a file names the segment it begins with, and is replaced atomically once the checkpoint's end is durable.
/// </summary>
internal sealed class EngineJournal : IDisposable
{
    private readonly IDisk _disk;
    private readonly string _beginFile;
    private readonly SegmentedLog _log;
    private readonly GroupCommit<JournalBatch> _group;
    private List<ReadOnlyMemory<byte>> _records = [];
    private List<(int, StoredInstance)> _owners = [];
    private volatile Exception? _failure;
    private volatile bool _abandoned;
    private long _bytesBeforeCheckpoint;

    private EngineJournal(IDisk disk, string folder, string beginFile, SegmentedLog log)
    {
        _disk = disk;
        _beginFile = beginFile;
        _log = log;
        _group = new GroupCommit<JournalBatch>($"orchestrations of {folder}", Commit);
    }

    /// <summary>Whether records wait to be submitted.</summary>
    public bool HasRecords => _records.Count > 0;

    /// <summary>The log's size.</summary>
    public long Bytes => _log.Bytes;

    /// <summary>The log's size after it was last compacted; 0 when it never was.</summary>
    public long CompactedBytes { get; private set; }

    /// <summary>Opens or creates the log and takes every record into the index.</summary>
    public static (EngineJournal Journal, JournalReplay Replay) Open(IDisk disk, string folder, InstanceIndex index)
    {
        disk.CreateFolderDurably(folder);
        disk.DeleteUnfinished(folder);
        var beginFile = Path.Combine(folder, "begin");
        var text = disk.ReadWhole(beginFile);
        var (from, bytes) = text is null ? (1, 0) : ReadBegin(beginFile, CheckedText.Decode(beginFile, text));
        var log = SegmentedLog.Open(disk, Path.Combine(folder, "log"), from: from);
        var replay = new JournalReplay(index, isCompacted: text is not null);
        try
        {
            log.Replay((position, record) => replay.Apply(position, record.Span));
            replay.End();
        }
        catch
        {
            log.Dispose();
            throw;
        }

        return (new EngineJournal(disk, folder, beginFile, log) { CompactedBytes = bytes }, replay);
    }

    /// <summary>Adds a record to the batch; its owner is told where it is once that is durable.</summary>
    public void Add(byte[] record, StoredInstance? owner = null)
    {
        if (owner is not null)
        {
            _owners.Add((_records.Count, owner));
        }

        _records.Add(record);
    }

    /// <summary>Submits the batch; the callback, on the committing thread, says how it went.</summary>
    public void Submit(Action<JournalBatch> committed)
    {
        _group.Submit(new JournalBatch(_records, _owners, committed));
        _records = [];
        _owners = [];
    }

    /// <summary>Begins a segment with the beginning of a checkpoint; the batch's one position says which.</summary>
    public void BeginCheckpoint(long lastSerial, Action<JournalBatch> committed) =>
        _group.Submit(new JournalBatch([EngineRecords.CheckpointBegan(lastSerial)], [], committed) { IsOptional = true, Before = Roll });

    /// <summary>Writes copies of instances into a checkpoint.</summary>
    public void Copy(IReadOnlyList<ReadOnlyMemory<byte>> records, IReadOnlyList<(int, StoredInstance)> owners, Action<JournalBatch> committed) =>
        _group.Submit(new JournalBatch(records, owners, committed) { IsOptional = true });

    /// <summary>Ends the checkpoint: from now on the log begins with its segment.</summary>
    public void EndCheckpoint(int begin, Action<JournalBatch> committed) =>
        _group.Submit(new JournalBatch([EngineRecords.CheckpointEnded()], [], committed) { IsOptional = true, After = () => Begin(begin) });

    /// <summary>Removes the segments before the one with which the log begins.</summary>
    public void DropBefore(int begin, Action<JournalBatch> committed) =>
        _group.Submit(new JournalBatch([], [], committed) { IsOptional = true, After = () => _log.DropBefore(begin) });

    /// <summary>Says that the log is compacted as far as it can be, whatever its size.</summary>
    public void CountAsCompacted() => CompactedBytes = Bytes;

    /// <summary>Durable records from a place on, at most so many. Safe on any thread.</summary>
    public List<byte[]> Read(LogPosition position, int take = 1) => _log.Read(position, take).Records;

    /// <summary>The durable records of an instance whose first one is at a place. Safe on any thread.</summary>
    public List<byte[]> ReadWhole(LogPosition position)
    {
        var records = Read(position);
        var parts = new WholeReader(records[0], keepsUnloaded: false).PartsLeft;
        return parts == 0 ? records : Read(position, parts + 1);
    }

    /// <summary>Keeps commits away until it is disposed of on the same thread.</summary>
    public HeldLog Hold() => _log.Hold();

    /// <summary>Commits nothing more, as if the process had been killed.</summary>
    public void Abandon() => _abandoned = true;

    public void Dispose()
    {
        _group.Dispose();
        _log.Dispose();
    }

    private static (int From, long Bytes) ReadBegin(string path, string text)
    {
        var fields = text.Split(' ');
        return fields.Length == 2
            && int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && long.TryParse(fields[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var bytes)
            ? (from, bytes)
            : throw new CorruptStoreException(path, 0, "it does not say with which segment the log begins.");
    }

    private void Roll()
    {
        _bytesBeforeCheckpoint = _log.Bytes;
        _log.Roll();
    }

    private void Begin(int segment)
    {
        // The old segments are still counted: what the new ones hold is the difference.
        var compacted = _log.Bytes - _bytesBeforeCheckpoint;
        _disk.WriteDurably(_beginFile, CheckedText.Encode(FormattableString.Invariant($"{segment} {compacted}")));
        CompactedBytes = compacted;
    }

    private void Commit(IReadOnlyList<JournalBatch> batches)
    {
        var group = new List<JournalBatch>(batches.Count);
        foreach (var batch in batches)
        {
            if (batch.Before is not null)
            {
                Write(group);
                if (_failure is null)
                {
                    Try(batch, batch.Before);
                }
            }

            group.Add(batch);
            if (batch.After is not null)
            {
                Write(group);
            }
        }

        Write(group);
    }

    // Makes a group durable and tells each batch how it went.
    private void Write(List<JournalBatch> group)
    {
        if (_abandoned)
        {
            _failure ??= new InvalidOperationException("The orchestration engine was abandoned.");
        }

        if (_failure is null)
        {
            WriteRecords(group);
        }

        foreach (var batch in group)
        {
            batch.Failure ??= _failure;
            if (batch is { Failure: null, After: not null })
            {
                Try(batch, batch.After);
            }

            batch.Committed(batch);
        }

        group.Clear();
    }

    private void WriteRecords(List<JournalBatch> group)
    {
        try
        {
            Append(group);
        }
        catch (Exception exception)
        {
            var needed = group.FindAll(batch => !batch.IsOptional);
            foreach (var batch in group.Where(batch => batch.IsOptional))
            {
                batch.Failure ??= exception;
            }

            if (needed.Count == group.Count)
            {
                // A later batch must not become durable without this one: its records build upon it.
                _failure = exception;
            }
            else if (needed.Count > 0)
            {
                // A compaction found no space, which what is needed may find.
                WriteRecords(needed);
            }
        }
    }

    private void Append(List<JournalBatch> group)
    {
        var records = new List<ReadOnlyMemory<byte>>();
        foreach (var batch in group.Where(batch => batch.Failure is null))
        {
            records.AddRange(batch.Records);
        }

        var positions = _log.Commit(records);
        var start = 0;
        foreach (var batch in group.Where(batch => batch.Failure is null))
        {
            batch.Positions = new ArraySegment<LogPosition>(positions, start, batch.Records.Count);
            start += batch.Records.Count;
        }
    }

    private static void Try(JournalBatch batch, Action step)
    {
        try
        {
            step();
        }
        catch (Exception exception)
        {
            batch.Failure = exception;
        }
    }
}
