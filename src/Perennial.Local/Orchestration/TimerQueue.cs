namespace Perennial.Local.Orchestration;

/// <summary>What falls due: an action of an instance, its next attempt, or the instance itself where that is unloaded.</summary>
internal sealed record TimerEntry(long Due, long Order, string InstanceId, int Step);

/// <summary>All durable timers, in the order in which they fall due. Not thread-safe.</summary>
internal sealed class TimerQueue
{
    /// <summary>The step of the one timer of an instance that is unloaded.</summary>
    public const int Wake = -1;

    private readonly SortedSet<TimerEntry> _queue = new(Comparer<TimerEntry>.Create(static (a, b) =>
        a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Order.CompareTo(b.Order)));

    // Most instances have one timer: the entry itself, else a dictionary of them by step.
    private readonly Dictionary<string, object> _byInstance = new(StringComparer.Ordinal);
    private long _order;

    /// <summary>The earliest due time, UTC ticks; null when there is none.</summary>
    public long? Earliest => _queue.Min?.Due;

    /// <summary>The earliest due time of an instance, UTC ticks; 0 when it has no timer.</summary>
    public long EarliestOf(string instanceId) => _byInstance.GetValueOrDefault(instanceId) switch
    {
        TimerEntry one => one.Due,
        Dictionary<int, TimerEntry> several => several.Values.Min(entry => entry.Due),
        _ => 0,
    };

    public void Add(string instanceId, int step, long due)
    {
        Remove(instanceId, step);
        var entry = new TimerEntry(due, _order++, instanceId, step);
        _queue.Add(entry);
        switch (_byInstance.GetValueOrDefault(instanceId))
        {
            case TimerEntry one:
                _byInstance[instanceId] = new Dictionary<int, TimerEntry> { [one.Step] = one, [step] = entry };
                break;
            case Dictionary<int, TimerEntry> several:
                several.Add(step, entry);
                break;
            default:
                _byInstance.Add(instanceId, entry);
                break;
        }
    }

    public void Remove(string instanceId, int step)
    {
        switch (_byInstance.GetValueOrDefault(instanceId))
        {
            case TimerEntry one when one.Step == step:
                _queue.Remove(one);
                _byInstance.Remove(instanceId);
                break;
            case Dictionary<int, TimerEntry> several when several.Remove(step, out var entry):
                _queue.Remove(entry);
                if (several.Count == 0)
                {
                    _byInstance.Remove(instanceId);
                }

                break;
        }
    }

    public void RemoveAll(string instanceId)
    {
        if (!_byInstance.Remove(instanceId, out var own))
        {
            return;
        }

        foreach (var entry in own is TimerEntry one ? [one] : ((Dictionary<int, TimerEntry>)own).Values.AsEnumerable())
        {
            _queue.Remove(entry);
        }
    }

    /// <summary>Takes the earliest timer that is due; null when none is.</summary>
    public TimerEntry? TakeDue(long now)
    {
        if (_queue.Min is not { } first || first.Due > now)
        {
            return null;
        }

        Remove(first.InstanceId, first.Step);
        return first;
    }
}
