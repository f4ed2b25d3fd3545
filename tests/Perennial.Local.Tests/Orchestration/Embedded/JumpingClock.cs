using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>
/// A machine's clock: timers and timestamps go on steadily, what time it is can be set ahead and back. Setting it fires nothing.
/// </summary>
internal sealed class JumpingClock(DateTimeOffset start) : TimeProvider
{
    private readonly MovableClock _steady = new(start);
    private long _offset;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => _steady.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + new TimeSpan(Interlocked.Read(ref _offset));

    public override long GetTimestamp() => _steady.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _steady.CreateTimer(callback, state, dueTime, period);

    /// <summary>Lets time go by.</summary>
    public void Advance(TimeSpan duration) => _steady.Advance(duration);

    /// <summary>Somebody sets the clock.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
}
