using System.Runtime.CompilerServices;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Tables;

/// <summary>
/// Tables in memory behind a journal: a batch is one record, and concurrent batches share a sync. Readers see only what is durable.
/// When the journal has grown long, a snapshot takes its place while serving. One process owns the folder.
/// </summary>
public sealed class TableJournal : ITableStore, IDisposable
{
    private readonly TableJournalOptions _options;
    private readonly TableSnapshot _snapshots;
    private readonly SegmentedLog _log;
    private readonly TableState _state = new();
    private readonly Overlay _overlay;
    private readonly List<ReadOnlyMemory<byte>> _records = [];
    private readonly Lock _reading = new();
    private readonly GroupCommit<PendingBatch> _group;
    private long _compactAt;
    private Task _compaction = Task.CompletedTask;

    /// <summary>Opens or creates the folder.</summary>
    /// <exception cref="CorruptStoreException">Something else than a torn tail is wrong.</exception>
    /// <exception cref="UnreadableStoreException">What is there is whole and cannot be understood, e.g. that of a newer version.</exception>
    public TableJournal(string folder)
        : this(SystemDisk.Instance, folder, new TableJournalOptions())
    {
    }

    internal TableJournal(IDisk disk, string folder, TableJournalOptions options)
    {
        folder = Path.GetFullPath(folder);
        _options = options;
        _overlay = new Overlay(_state);
        _snapshots = new TableSnapshot(disk, folder);
        disk.CreateFolderDurably(folder);
        var from = _snapshots.Newest();
        _compactAt = CompactAt(from > 1 ? _snapshots.Load(from, _state) : 0);
        var journal = Path.Combine(folder, "journal");
        _log = SegmentedLog.Open(disk, journal, options.Log, from);
        if (_log.First != from) throw new CorruptStoreException(journal, 0, $"the journal begins with segment {_log.First}, not with {from}.");
        try
        {
            _log.Replay((_, record) =>
            {
                var sequence = ChangeFormat.Decode(record.Span, _state.Apply);
                _state.Sequence = Math.Max(_state.Sequence, sequence);
            });
        }
        catch (Exception e)
        {
            _log.Dispose();
            if (UnreadableStoreException.IsReason(e)) throw new UnreadableStoreException(journal, e);
            throw;
        }
        _group = new GroupCommit<PendingBatch>("tables", Commit, IsInline);
        CompactWhenLong();
    }

    /// <summary>Raised, on the thread that compacts, when that has failed: nothing is lost, the journal only grows, and it is tried again when it has.</summary>
    public event Action<Exception>? CompactionFailed;

    /// <summary>Why it failed the last time; null when it did not.</summary>
    public Exception? CompactionFailure { get; private set; }

    /// <inheritdoc/>
    public Task<TableEntity?> Get(string table, string partition, string row, CancellationToken cancellationToken = default)
    {
        TableLimits.CheckTable(table);
        TableLimits.CheckKey("partition", partition);
        TableLimits.CheckKey("row", row);
        var key = TableKey.Of(partition, row);
        StoredEntity entity;
        lock (_reading) entity = _state.Table(table)?.Find(key) ?? default;
        return Task.FromResult(entity.Exists ? entity.ToEntity() : null);
    }

    /// <inheritdoc/>
    public Task<BatchResult> Write(string table, string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken = default)
    {
        TableLimits.Check(table, partition, operations);
        var batch = new PendingBatch(table, partition, operations);
        _group.Submit(batch);
        return batch.Task;
    }

    /// <inheritdoc/>
    public Task<TablePage> Query(TableQuery query, CancellationToken cancellationToken = default)
    {
        TableLimits.Check(query);
        var exclusive = query.Continuation is not null;
        var (partition, row) = exclusive ? TableContinuation.Parse(query.Continuation!) : (query.Partition ?? "", query.RowFrom ?? "");
        var page = new List<StoredEntity>();
        var from = TableKey.Of(partition, row);
        var within = query.Partition is null ? [] : TableKey.Of(query.Partition, "");
        var to = query.RowTo is null ? null : TableKey.Of(query.Partition!, query.RowTo);
        lock (_reading)
        {
            foreach (var entity in _state.Table(query.Table)?.From(from, exclusive) ?? [])
            {
                if (!entity.Key.StartsWith(within)) break;
                if (to is not null && entity.Key.SequenceCompareTo(to) >= 0) break;
                page.Add(entity);
                // One more than asked for tells whether there is another page.
                if (page.Count > query.Take) break;
            }
        }
        var more = page.Count > query.Take;
        if (more) page.RemoveAt(query.Take);
        var entities = page.ConvertAll(entity => entity.ToEntity());
        return Task.FromResult(new TablePage(entities, more ? TableContinuation.Format(entities[^1]) : null));
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> Tables([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        IReadOnlyList<string> names;
        lock (_reading) names = _state.Names;
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }

    /// <summary>Keeps writes away until it is disposed of on the same thread.</summary>
    internal HeldLog Hold() => _log.Hold();

    /// <summary>Completes what was written and closes the files.</summary>
    public void Dispose()
    {
        try
        {
            _group.Dispose();
            _compaction.Wait();
        }
        finally
        {
            _log.Dispose();
        }
    }

    /// <summary>Completes when a compaction that is under way has ended.</summary>
    internal Task Compacted() => _compaction;

    private void Commit(List<PendingBatch> group)
    {
        try
        {
            _overlay.Begin(group.Exists(batch => batch.HasConditions));
            foreach (var batch in group)
            {
                if (batch.Decide(_overlay)) _records.Add(batch.Record);
            }
            // Numbers of a batch that fails are not used again: it may yet be found in the journal after a crash.
            _state.Sequence = _overlay.Sequence;
            _log.Commit(_records);
            lock (_reading)
            {
                foreach (var batch in group) batch.Apply(_state);
            }
        }
        catch (Exception e)
        {
            Acknowledgements.Fail(group, e, IsInline);
            return;
        }
        finally
        {
            _records.Clear();
            foreach (var batch in group) batch.Release();
        }
        Acknowledgements.Send(group, IsInline);
        CompactWhenLong();
    }

    /// <summary>
    /// Runs on the committing thread, so the state is exactly what the segments before the new one say. The crash that comes before
    /// the snapshot has its name leaves all segments; the one that comes after leaves some that opening removes.
    /// </summary>
    private void CompactWhenLong()
    {
        if (!_compaction.IsCompleted || _log.Bytes < _compactAt) return;
        try
        {
            var number = _log.Roll();
            var (sequence, tables) = (_state.Sequence, _state.Freeze());
            if (IsInline) Compact(number, sequence, tables);
            else _compaction = Task.Run(() => Compact(number, sequence, tables));
        }
        catch (Exception e)
        {
            // With no space for a segment there is none for a snapshot: the journal goes on as it is.
            PutOff(e);
        }
    }

    private bool IsInline => _options.Log is { Inline: true };

    private long CompactAt(long snapshotBytes) => Math.Max(_options.CompactionBytes, snapshotBytes * _options.CompactionRatio);

    private void Compact(int number, long sequence, IReadOnlyList<(string Table, IReadOnlyList<EntityChunk> Chunks)> tables)
    {
        try
        {
            var bytes = _snapshots.Write(number, sequence, tables);
            _log.DropBefore(number);
            _compactAt = CompactAt(bytes);
            CompactionFailure = null;
        }
        catch (Exception e)
        {
            // Whatever it was: the journal holds everything.
            PutOff(e);
        }
    }

    /// <summary>Puts the next compaction off until the journal has grown, or every commit from now on would begin a segment.</summary>
    private void PutOff(Exception reason)
    {
        _compactAt = _log.Bytes + _options.CompactionBytes;
        CompactionFailure = reason;
        CompactionFailed?.Invoke(reason);
    }
}
