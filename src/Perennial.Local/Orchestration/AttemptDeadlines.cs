namespace Perennial.Local.Orchestration;

/// <summary>
/// When the time of running attempts is over, by the clock's timestamps: a clock that is set while an attempt runs makes its time
/// neither shorter nor longer. Not thread-safe.
/// </summary>
/// <param name="clock">The clock.</param>
/// <param name="isRunning">Attempts that have ended meanwhile are left out.</param>
internal sealed class AttemptDeadlines(TimeProvider clock, Func<ActivityAttempt, bool> isRunning)
{
    private readonly PriorityQueue<ActivityAttempt, long> _queue = new();

    /// <summary>How long until the next is over; zero when one is, null when there is none.</summary>
    public TimeSpan? UntilNext
    {
        get
        {
            while (_queue.TryPeek(out var attempt, out var due))
            {
                if (isRunning(attempt))
                {
                    var left = clock.GetElapsedTime(clock.GetTimestamp(), due);
                    return left > TimeSpan.Zero ? left : TimeSpan.Zero;
                }

                _queue.Dequeue();
            }

            return null;
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

    /// <summary>Takes a running attempt whose time is over; null when there is none.</summary>
    public ActivityAttempt? TakeOverdue() => UntilNext == TimeSpan.Zero ? _queue.Dequeue() : null;
}
