namespace Perennial.Local.Orchestration;

/// <summary>What falls due: an action of an instance's generation, or its next attempt.</summary>
internal sealed record TimerEntry(long Due, long Order, Instance Instance, int Generation, int Step);

/// <summary>All durable timers, in the order in which they fall due. Not thread-safe.</summary>
internal sealed class TimerQueue
{
    private readonly SortedSet<TimerEntry> _queue = new(Comparer<TimerEntry>.Create(static (a, b) =>
        a.Due != b.Due ? a.Due.CompareTo(b.Due) : a.Order.CompareTo(b.Order)));

    private readonly Dictionary<Instance, Dictionary<int, TimerEntry>> _byInstance = [];
    private long _order;

    /// <summary>The earliest due time, UTC ticks; null when there is none.</summary>
    public long? Earliest => _queue.Min?.Due;

    public void Add(Instance instance, int step, long due)
    {
        Remove(instance, step);
        var entry = new TimerEntry(due, _order++, instance, instance.Generation, step);
        _queue.Add(entry);
        if (!_byInstance.TryGetValue(instance, out var own))
        {
            _byInstance.Add(instance, own = []);
        }

        own.Add(step, entry);
    }

    public void Remove(Instance instance, int step)
    {
        if (_byInstance.TryGetValue(instance, out var own) && own.Remove(step, out var entry))
        {
            _queue.Remove(entry);
            if (own.Count == 0)
            {
                _byInstance.Remove(instance);
            }
        }
    }

    public void RemoveAll(Instance instance)
    {
        if (_byInstance.Remove(instance, out var own))
        {
            foreach (var entry in own.Values)
            {
                _queue.Remove(entry);
            }
        }
    }

    /// <summary>Takes the earliest timer that is due; null when none is.</summary>
    public TimerEntry? TakeDue(long now)
    {
        if (_queue.Min is not { } first || first.Due > now)
        {
            return null;
        }

        Remove(first.Instance, first.Step);
        return first;
    }
}
