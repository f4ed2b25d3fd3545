using Perennial.Local.Time;

namespace Perennial.Local.Tests.Time;

public sealed class MovableClockTests
{
    private static readonly DateTimeOffset Start = new(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);

    private readonly MovableClock _clock = new(Start);

    [Fact]
    public void It_stands_until_it_is_moved()
    {
        Assert.Equal(Start, _clock.GetUtcNow());

        _clock.Advance(TimeSpan.FromDays(400));

        Assert.Equal(Start.AddDays(400), _clock.GetUtcNow());
        Assert.Equal(TimeSpan.FromDays(400), _clock.GetElapsedTime(Start.UtcTicks));
    }

    [Fact]
    public void It_never_goes_back()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.MoveTo(Start.AddTicks(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => _clock.Advance(TimeSpan.FromTicks(-1)));
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_due_times_and_see_the_new_instant()
    {
        var fired = new List<(string Name, DateTimeOffset Now)>();
        foreach (var (name, seconds) in new[] { ("c", 30), ("a", 10), ("b", 20), ("never", 31) })
        {
            _clock.CreateTimer(_ => fired.Add((name, _clock.GetUtcNow())), null, TimeSpan.FromSeconds(seconds), Timeout.InfiniteTimeSpan);
        }

        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal([("a", Start.AddSeconds(30)), ("b", Start.AddSeconds(30)), ("c", Start.AddSeconds(30))], fired);
    }

    [Fact]
    public void A_timer_with_a_period_fires_once_a_move_and_one_without_fires_once()
    {
        var (often, once) = (0, 0);
        _clock.CreateTimer(_ => often++, null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        _clock.CreateTimer(_ => once++, null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(7));
        _clock.Advance(TimeSpan.FromSeconds(1));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, often);
        Assert.Equal(1, once);
    }

    [Fact]
    public void A_disposed_or_rearmed_timer_does_not_fire_at_its_former_time()
    {
        var fired = new List<string>();
        var disposed = _clock.CreateTimer(_ => fired.Add("disposed"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        var rearmed = _clock.CreateTimer(_ => fired.Add("rearmed"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        disposed.Dispose();
        rearmed.Change(TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(fired);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["rearmed"], fired);
        Assert.False(disposed.Change(TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan));
    }

    [Fact]
    public void A_timer_armed_while_the_clock_moves_counts_from_the_new_instant()
    {
        var fired = new List<DateTimeOffset>();
        _clock.CreateTimer(
            _ => _clock.CreateTimer(_ => fired.Add(_clock.GetUtcNow()), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan),
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Empty(fired);

        _clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal([Start.AddSeconds(12)], fired);
    }

    [Fact]
    public async Task A_timer_due_at_once_fires_without_a_move()
    {
        var fired = new TaskCompletionSource();
        _clock.CreateTimer(_ => fired.TrySetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        await fired.Task;
    }
}
