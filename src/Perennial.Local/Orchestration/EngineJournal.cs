using System.Globalization;
using System.Text;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>
/// The engine's log. Records gather until they are submitted; batches become durable in order, several with one sync. A compacted
/// log begins with the whole state: a file names the segment it begins with, and is replaced atomically once that state is durable.
/// </summary>
internal sealed class EngineJournal : IDisposable
{
    private readonly IDisk _disk;
    private readonly string _beginFile;
    private readonly SegmentedLog _log;
    private readonly GroupCommit<Batch> _group;
    private List<ReadOnlyMemory<byte>> _records = [];
    private List<EndedInstance?> _owners = [];
    private volatile Exception? _failure;
    private volatile bool _abandoned;

    private EngineJournal(IDisk disk, string folder, string beginFile, SegmentedLog log)
    {
        _disk = disk;
        _beginFile = beginFile;
        _log = log;
        _group = new GroupCommit<Batch>($"orchestrations of {folder}", Commit);
    }

    /// <summary>Whether records wait to be submitted.</summary>
    public bool HasRecords => _records.Count > 0;

    /// <summary>The log's size.</summary>
    public long Bytes => _log.Bytes;

    /// <summary>The log's size after it was last compacted; 0 when it never was.</summary>
    public long CompactedBytes { get; private set; }

    /// <summary>Opens or creates the log and hands on every record.</summary>
    public static EngineJournal Open(IDisk disk, string folder, Action<LogPosition, ReadOnlyMemory<byte>> record)
    {
        disk.CreateFolderDurably(folder);
        disk.DeleteUnfinished(folder);
        var beginFile = Path.Combine(folder, "begin");
        var (from, bytes) = disk.ReadWhole(beginFile) is { } text ? ReadBegin(Encoding.ASCII.GetString(text)) : (1, 0);
        var log = SegmentedLog.Open(disk, Path.Combine(folder, "log"), from: from);
        log.Replay(record);
        return new EngineJournal(disk, folder, beginFile, log) { CompactedBytes = bytes };
    }

    /// <summary>Adds a record to the batch; an ended instance is told where its record is once that is durable.</summary>
    public void Add(byte[] record, EndedInstance? owner = null)
    {
        _records.Add(record);
        _owners.Add(owner);
    }

    /// <summary>Submits the batch; the callback, on the committing thread, says how it went.</summary>
    public void Submit(Action<Exception?> committed)
    {
        _group.Submit(new Batch(_records, _owners, committed));
        _records = [];
        _owners = [];
    }

    /// <summary>The durable record at a place.</summary>
    public byte[] Read(LogPosition position) => _log.Read(position, 1).Records[0];

    /// <summary>Waits until all that was submitted is durable.</summary>
    public void Settle()
    {
        using var settled = new ManualResetEventSlim();
        Submit(_ => settled.Set());
        settled.Wait();
        if (_failure is not null)
        {
            throw _failure;
        }
    }

    /// <summary>Makes a log that begins with the given state and nothing before. Everything submitted must be durable.</summary>
    public void Compact(InstanceIndex index)
    {
        const int chunkBytes = 4 << 20;
        var former = _log.Bytes;
        var begin = _log.Roll();
        var moved = new List<(EndedInstance Ended, LogPosition To)>();
        var (records, owners, bytes) = (new List<ReadOnlyMemory<byte>> { EngineRecords.CompactionBegan(index.LastSerial) }, new List<EndedInstance?> { null }, 0);
        foreach (var entry in index.All)
        {
            foreach (var record in entry is EndedInstance ended ? [Read(ended.Position)] : EngineRecords.Live((Instance)entry))
            {
                records.Add(record);
                owners.Add(entry as EndedInstance);
                if ((bytes += record.Length) >= chunkBytes)
                {
                    Flush();
                }
            }
        }

        records.Add(EngineRecords.CompactionEnded());
        owners.Add(null);
        Flush();
        // The old segments are still counted: what the new ones hold is the difference.
        var compacted = _log.Bytes - former;
        _disk.WriteDurably(_beginFile, Encoding.ASCII.GetBytes(FormattableString.Invariant($"{begin} {compacted}")));
        foreach (var (ended, to) in moved)
        {
            ended.Position = to;
        }

        _log.DropBefore(begin);
        CompactedBytes = compacted;

        void Flush()
        {
            var positions = _log.Commit(records);
            moved.AddRange(owners.Select((owner, i) => (owner, positions[i])).Where(pair => pair.owner is not null).Select(pair => (pair.owner!, pair.Item2)));
            records.Clear();
            owners.Clear();
            bytes = 0;
        }
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

    private static (int From, long Bytes) ReadBegin(string text)
    {
        var fields = text.Split(' ');
        return (int.Parse(fields[0], CultureInfo.InvariantCulture), long.Parse(fields[1], CultureInfo.InvariantCulture));
    }

    private void Commit(IReadOnlyList<Batch> batches)
    {
        if (_abandoned)
        {
            _failure ??= new InvalidOperationException("The orchestration engine was abandoned.");
        }

        if (_failure is null)
        {
            try
            {
                var positions = _log.Commit([.. batches.SelectMany(batch => batch.Records)]);
                foreach (var (owner, at) in batches.SelectMany(batch => batch.Owners).Select((owner, at) => (owner, at)))
                {
                    owner?.Position = positions[at];
                }
            }
            catch (Exception exception)
            {
                // A later batch must not become durable without this one: its records build upon it.
                _failure = exception;
            }
        }

        foreach (var batch in batches)
        {
            batch.Committed(_failure);
        }
    }

    private sealed record Batch(IReadOnlyList<ReadOnlyMemory<byte>> Records, IReadOnlyList<EndedInstance?> Owners, Action<Exception?> Committed);
}
