using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <content>
/// Which instances are in memory. One that only waits leaves it after a while, or when the loaded ones take too much: its whole state is
/// written, unless nothing has changed since it was read, and its index entry says where. It is read, and its code run over its
/// history, when something comes for it.
/// </content>
internal sealed partial class EngineCore
{
    // About what a loaded instance takes beside its history and its inbox: the code's state, what it waits for.
    private const int LoadedOverhead = 2048;

    // Of one cycle, so that whoever waits for an answer does not wait for all that could be unloaded.
    private const int MostUnloaded = 256;

    private readonly LinkedList<Instance> _loaded = [];
    private long _loadedBytes;

    /// <summary>So many instances are in memory.</summary>
    public int LoadedInstances => _loaded.Count;

    // The instance that lives under an id, read where it must be; null where there is none.
    private Instance? Living(string instanceId) => _index.Find(instanceId) switch
    {
        Instance instance => instance,
        UnloadedInstance unloaded => Load(unloaded, []),
        _ => null,
    };

    private Instance Load(UnloadedInstance unloaded, IReadOnlyList<byte[]> later)
    {
        var instance = ReadUnloaded(unloaded, unloaded.Position);
        // A compaction that is under way may have passed its id already, and then nobody would copy the place that it was read from.
        instance.Stored = later.Count == 0 && _compaction is null ? unloaded : null;
        foreach (var record in later)
        {
            JournalReplay.ApplyTo(instance, record);
        }

        _timers.RemoveAll(instance.Id);
        _index.Put(instance);
        Touch(instance);
        if (instance.Fault is null)
        {
            Recover(instance);
        }

        return instance;
    }

    private Instance ReadUnloaded(StoredInstance unloaded, LogPosition at)
    {
        var records = _journal!.ReadWhole(at);
        var reader = new WholeReader(records[0], keepsUnloaded: true);
        RequireSame(unloaded, at, reader.Head);
        foreach (var part in records.Skip(1))
        {
            reader.Add(part);
        }

        return reader.ToInstance();
    }

    private EndedRecord ReadEnded(StoredInstance ended, LogPosition at, bool keepsHistory = true)
    {
        var record = EngineRecords.ReadEnded(_journal!.Read(at)[0], keepsHistory);
        RequireSame(ended, at, record.Head);
        return record;
    }

    // Better no answer than that of another instance.
    private static void RequireSame(StoredInstance stored, LogPosition at, InstanceHead found)
    {
        if (found.Serial != stored.Head.Serial || found.Id != stored.Id)
        {
            throw new InvalidDataException(
                $"Where the orchestrations' log should have instance '{stored.Id}', at {at.Segment}.{at.Offset}, it has '{found.Id}'.");
        }
    }

    // Adds a record about an instance: from now on it is not as it was stored.
    private void Log(Instance instance, byte[] record)
    {
        _journal!.Add(record);
        instance.Stored = null;
        Touch(instance);
    }

    // Something happens to an instance, so that it stays in memory for a while.
    private void Touch(Instance instance)
    {
        instance.Leaving = null;
        Keep(instance);
    }

    // Puts an instance behind all others that may leave the memory.
    private void Keep(Instance instance)
    {
        instance.LastActive = Now;
        var bytes = instance.HistoryBytes + instance.Inbox.Bytes + LoadedOverhead;
        _loadedBytes += bytes - instance.CountedBytes;
        instance.CountedBytes = bytes;
        if (instance.Place is null)
        {
            instance.Place = _loaded.AddLast(instance);
        }
        else if (instance.Place.Next is not null)
        {
            _loaded.Remove(instance.Place);
            _loaded.AddLast(instance.Place);
        }
    }

    private void LeaveMemory(Instance instance)
    {
        if (instance.Place is not null)
        {
            _loaded.Remove(instance.Place);
            _loadedBytes -= instance.CountedBytes;
            (instance.Place, instance.CountedBytes) = (null, 0);
        }
    }

    // Whoever cannot leave yet is looked at again, but not at once.
    private TimeSpan? UntilUnload => _loaded.First?.Value is { } first ? TimeSpan.FromTicks(Math.Max(UnloadAt(first) - Now, TimeSpan.TicksPerSecond)) : null;

    private bool IsUnloadDue => _loaded.First?.Value is { } first && (_loadedBytes > _options.MaxLoadedBytes || UnloadAt(first) <= Now);

    // A clock that was set back makes it early rather than very late.
    private long UnloadAt(Instance instance) => Math.Min(instance.LastActive, Now) + Math.Min(_options.UnloadAfter.Ticks, long.MaxValue / 2);

    private void UnloadIdle()
    {
        for (var left = Math.Min(_loaded.Count, MostUnloaded); left > 0 && IsUnloadDue && !_isStopping; left--)
        {
            var instance = _loaded.First!.Value;
            Keep(instance);
            if (IsIdle(instance) && instance.Leaving is null)
            {
                Unload(instance);
            }
        }
    }

    // Whether all there is of it is in the log, and only a timer, an event, an answer or a call can make it go on.
    private static bool IsIdle(Instance instance) =>
        instance is { HasEnded: false, IsQueued: false, OpenAttempts: 0 } && instance.Inbox.Count == instance.LoggedInbox
        && (instance.Inbox.Count == 0 || !instance.CanRun);

    private void Unload(Instance instance)
    {
        // A compaction that is under way may have planned to copy the instance as a loaded one: back where it was read from, it would be
        // passed over, and the segment with its only record dropped.
        if (_compaction is null && instance.Stored is { } stored)
        {
            instance.Leaving = stored;
            EndUnload(instance, stored);
            return;
        }

        var unloaded = new UnloadedInstance(instance.Head, instance.Status, instance.Generation);
        StoredInstance? owner = unloaded;
        foreach (var record in WholeRecords.Of(instance, isUnloaded: true, _timers.EarliestOf(instance.Id)))
        {
            _journal!.Add(record, owner);
            owner = null;
        }

        instance.WrittenBy = _compaction?.Number ?? 0;
        instance.Leaving = unloaded;
        _effects.Add(failure =>
        {
            if (failure is null && _refusal is null)
            {
                EndUnload(instance, unloaded);
            }
        });
    }

    private void EndUnload(Instance instance, UnloadedInstance unloaded)
    {
        if (!ReferenceEquals(instance.Leaving, unloaded) || !IsIdle(instance))
        {
            return;
        }

        unloaded.Wake = _timers.EarliestOf(instance.Id);
        LeaveMemory(instance);
        Sleep(unloaded);
    }

    // Puts an unloaded instance into the index, with one timer in place of all it has.
    private void Sleep(UnloadedInstance unloaded)
    {
        _timers.RemoveAll(unloaded.Id);
        _index.Put(unloaded);
        if (unloaded.Wake > 0)
        {
            _timers.Add(unloaded.Id, TimerQueue.Wake, unloaded.Wake);
        }
    }
}
