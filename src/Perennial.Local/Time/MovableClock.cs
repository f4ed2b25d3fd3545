namespace Perennial.Local.Time;

/// <summary>
/// A clock that stands until it is moved, and only moves forward. A move is a jump, as after a machine's sleep: now is the new
/// instant at once, and each timer whose time has come fires once, on the mover's thread, in the order of the due times. So what
/// a timer's owner sees as now does not depend on how fast it reacts. Thread-safe.
/// </summary>
public sealed class MovableClock : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly object _moving = new();
    private readonly SortedSet<MovableTimer> _armed = new(MovableTimer.ByDueTime);
    private long _nowTicks;
    private long _created;

    /// <summary>A clock that stands at the given instant.</summary>
    public MovableClock(DateTimeOffset start) => _nowTicks = start.UtcTicks;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => new(Volatile.Read(ref _nowTicks), TimeSpan.Zero);

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _nowTicks);

    /// <summary>Moves the clock on by a duration and fires what falls due.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is negative.</exception>
    public void Advance(TimeSpan duration)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(duration, TimeSpan.Zero);
        lock (_moving)
        {
            MoveTo(GetUtcNow() + duration);
        }
    }

    /// <summary>Moves the clock to an instant and fires what falls due.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The instant lies before the present one.</exception>
    public void MoveTo(DateTimeOffset instant)
    {
        // Movers take turns, so that timers fire in order. A callback may itself move the clock: the lock is re-entrant.
        lock (_moving)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(instant, GetUtcNow());
            Volatile.Write(ref _nowTicks, instant.UtcTicks);
            while (TakeDue() is { } timer)
            {
                timer.Fire();
            }
        }
    }

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new MovableTimer(this, callback, state, Interlocked.Increment(ref _created));
        timer.Change(dueTime, period);
        return timer;
    }

    private MovableTimer? TakeDue()
    {
        lock (_gate)
        {
            if (_armed.Min is not { } first || first.DueTicks > _nowTicks)
            {
                return null;
            }

            _armed.Remove(first);
            if (first.PeriodTicks > 0)
            {
                first.DueTicks = _nowTicks + first.PeriodTicks;
                _armed.Add(first);
            }

            return first;
        }
    }

    private bool Arm(MovableTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            _armed.Remove(timer);
            if (timer.IsDisposed)
            {
                return false;
            }

            timer.PeriodTicks = period > TimeSpan.Zero ? period.Ticks : 0;
            if (dueTime > TimeSpan.Zero)
            {
                timer.DueTicks = _nowTicks + dueTime.Ticks;
                _armed.Add(timer);
                return true;
            }

            if (dueTime == TimeSpan.Zero && timer.PeriodTicks > 0)
            {
                timer.DueTicks = _nowTicks + timer.PeriodTicks;
                _armed.Add(timer);
            }
        }

        if (dueTime == TimeSpan.Zero)
        {
            // Due at once: like the system's timers on the pool, never inside the caller's locks.
            ThreadPool.UnsafeQueueUserWorkItem(static due => due.Fire(), timer, preferLocal: false);
        }

        return true;
    }

    private void Disarm(MovableTimer timer)
    {
        lock (_gate)
        {
            timer.IsDisposed = true;
            _armed.Remove(timer);
        }
    }

    private sealed class MovableTimer(MovableClock clock, TimerCallback callback, object? state, long order) : ITimer
    {
        public static readonly IComparer<MovableTimer> ByDueTime = Comparer<MovableTimer>.Create(static (a, b) =>
            a.DueTicks != b.DueTicks ? a.DueTicks.CompareTo(b.DueTicks) : a.Order.CompareTo(b.Order));

        public long DueTicks { get; set; }

        public long PeriodTicks { get; set; }

        public bool IsDisposed { get; set; }

        private long Order => order;

        public void Fire()
        {
            if (!IsDisposed)
            {
                callback(state);
            }
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => clock.Arm(this, dueTime, period);

        public void Dispose() => clock.Disarm(this);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
