namespace Perennial.Local.Orchestration;

/// <content>
/// Rids the log of what no longer matters while work goes on, by a fuzzy checkpoint: a new segment begins, and slice by slice every
/// instance whose state lies before it is copied behind it, among the records that come anyway. Once all are there, the log begins with that
/// segment. A crash or a full disk in between costs nothing but the copies: until then the log still begins where it did.
/// </content>
internal sealed partial class EngineCore
{
    // What is added to one commit, so that whoever waits for it waits a few milliseconds more.
    private const int SliceBytes = 1 << 20;
    private const int SliceEntries = 1024;

    private Compaction? _compaction;
    private int _compactions;
    private long _compactAgainAt;

    // Called when all records of the cycle are submitted, so that an instance in memory is what the log says of it.
    private void Compact()
    {
        if (_isStopping)
        {
            _compaction = null;
        }
        else if (_compaction is null)
        {
            BeginCompactionWhereDue();
        }
        else if (!_compaction.IsWaiting)
        {
            Continue(_compaction);
        }
    }

    private void BeginCompactionWhereDue()
    {
        var bytes = _journal!.Bytes;
        if (bytes < _compactAgainAt || bytes - _journal.CompactedBytes <= Math.Max(_options.CompactAfterBytes, _journal.CompactedBytes))
        {
            return;
        }

        var compaction = _compaction = new Compaction(++_compactions);
        _journal.BeginCheckpoint(_index.LastSerial, Then(compaction, batch =>
        {
            compaction.Begin = batch.Positions[0].Segment;
            compaction.IsWaiting = false;
        }));
    }

    private void Continue(Compaction compaction)
    {
        compaction.IsWaiting = true;
        if (Write(compaction))
        {
            return;
        }

        var plan = _index.From(compaction.Cursor).Where(compaction.MustCopy).Take(SliceEntries).Select(Planned).ToList();
        if (plan.Count > 0)
        {
            // Reading what was written long ago must not hold up the engine's thread.
            _ = Task.Run(() => Read(compaction, plan));
            return;
        }

        _journal!.EndCheckpoint(compaction.Begin, Then(compaction, _ => _journal.DropBefore(compaction.Begin, dropped => _loop.Post(() =>
        {
            if (dropped.Failure is not null)
            {
                // The next opening removes them; they must not call for one compaction after another.
                _journal.CountAsCompacted();
            }

            EndCompaction(compaction);
        }))));
    }

    private static CompactionCopy Planned(IndexEntry entry) => entry is StoredInstance stored
        ? new CompactionCopy(entry, stored.Position, 0)
        : new CompactionCopy(entry, default, ((Instance)entry).HistoryBytes);

    private void Read(Compaction compaction, List<CompactionCopy> plan)
    {
        var slice = new List<CompactionCopy>();
        try
        {
            long bytes = 0;
            foreach (var copy in plan.TakeWhile(_ => bytes < SliceBytes))
            {
                List<byte[]> records = copy.Entry switch
                {
                    EndedInstance => [EngineRecords.AsCopy(_journal!.Read(copy.At)[0])],
                    UnloadedInstance => _journal!.ReadWhole(copy.At),
                    _ => [],
                };
                bytes += copy.Bytes + records.Sum(record => (long)record.Length);
                slice.Add(copy with { Records = records });
            }
        }
        catch (Exception exception)
        {
            // What cannot be read now cannot be read later either: better to stop than to go on without it.
            _loop.Post(() => Break(exception));
            return;
        }

        _loop.Post(() =>
        {
            compaction.Slice = slice;
            compaction.IsWaiting = false;
        });
    }

    // Submits what was read, as it stands now; false when there is nothing.
    private bool Write(Compaction compaction)
    {
        var records = new List<ReadOnlyMemory<byte>>();
        var owners = new List<(int, StoredInstance)>();
        foreach (var copy in compaction.Slice)
        {
            compaction.Cursor = copy.Entry.Id;
            switch (_index.Find(copy.Entry.Id))
            {
                case StoredInstance stored when ReferenceEquals(stored, copy.Entry):
                    owners.Add((records.Count, stored));
                    records.AddRange(copy.Records.Select(record => (ReadOnlyMemory<byte>)record));
                    break;
                case Instance live when compaction.MustCopy(live):
                    records.AddRange(WholeRecords.Of(live, isUnloaded: false, wake: 0).Select(record => (ReadOnlyMemory<byte>)record));
                    live.WrittenBy = compaction.Number;
                    // It was loaded from a place that will be gone.
                    live.Stored = null;
                    break;
            }
        }

        compaction.Slice = [];
        if (records.Count == 0)
        {
            return false;
        }

        _journal!.Copy(records, owners, Then(compaction, _ => compaction.IsWaiting = false));
        return true;
    }

    // What a step of a compaction does once it is durable; where it failed, the compaction is given up for a while.
    private Action<JournalBatch> Then(Compaction compaction, Action<JournalBatch> next) => batch => _loop.Post(() =>
    {
        batch.TellOwners();
        if (!ReferenceEquals(_compaction, compaction))
        {
            return;
        }

        if (batch.Failure is null)
        {
            next(batch);
        }
        else
        {
            _compactAgainAt = _journal!.Bytes + Math.Max(_options.CompactAfterBytes, _journal.CompactedBytes) / 4 + 1;
            EndCompaction(compaction);
        }
    });

    private void EndCompaction(Compaction compaction)
    {
        if (ReferenceEquals(_compaction, compaction))
        {
            _compaction = null;
        }
    }
}
