namespace Perennial.Local.Orchestration;

/// <summary>
/// When the time of running attempts is over, by the clock's timestamps: a clock that is set while an attempt runs makes its time
/// neither shorter nor longer. Holds no attempt that has ended. Not thread-safe.
/// </summary>
internal sealed class AttemptDeadlines(TimeProvider clock)
{
    private readonly PriorityQueue<ActivityAttempt, long> _queue = new();

    /// <summary>So many attempts have a limit of time.</summary>
    public int Count => _queue.Count;

    /// <summary>How long until the next is over; zero when one is, null when there is none.</summary>
    public TimeSpan? UntilNext
    {
        get
        {
            if (!_queue.TryPeek(out _, out var due))
            {
                return null;
            }

            var left = clock.GetElapsedTime(clock.GetTimestamp(), due);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>Notes an attempt that starts now.</summary>
    public void Add(ActivityAttempt attempt)
    {
        if (attempt.Policy?.Timeout is { } timeout)
        {
            var length = timeout.TotalSeconds * clock.TimestampFrequency;
            _queue.Enqueue(attempt, length < long.MaxValue / 2 ? clock.GetTimestamp() + (long)length : long.MaxValue);
        }
    }

    /// <summary>Forgets an attempt that has ended.</summary>
    public void Remove(ActivityAttempt attempt)
    {
        if (attempt.Policy?.Timeout is not null)
        {
            // As many as run at once are looked at.
            _queue.Remove(attempt, out _, out _, ReferenceEqualityComparer.Instance);
        }
    }

    /// <summary>The attempt whose time has been over for longest; null when there is none.</summary>
    public ActivityAttempt? Overdue => UntilNext == TimeSpan.Zero ? _queue.Peek() : null;
}
