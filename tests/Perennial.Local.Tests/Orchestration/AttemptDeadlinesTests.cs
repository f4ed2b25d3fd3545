using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration;

public sealed class AttemptDeadlinesTests
{
    private readonly MovableClock _clock = new(EmbeddedHost.Start);

    [Fact]
    public void Attempts_are_overdue_in_the_order_of_their_deadlines_unless_they_have_ended()
    {
        var deadlines = new AttemptDeadlines(_clock);
        var (hour, minute, ended) = (Attempt(TimeSpan.FromHours(1)), Attempt(TimeSpan.FromMinutes(1)), Attempt(TimeSpan.FromSeconds(1)));
        foreach (var attempt in new[] { hour, minute, ended })
        {
            deadlines.Add(attempt);
        }

        deadlines.Remove(ended);
        Assert.Equal(TimeSpan.FromMinutes(1), deadlines.UntilNext);
        Assert.Null(deadlines.Overdue);

        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Same(minute, deadlines.Overdue);
        deadlines.Remove(minute);
        Assert.Same(hour, deadlines.Overdue);
        deadlines.Remove(hour);
        Assert.Null(deadlines.UntilNext);
    }

    [Fact]
    public void What_has_ended_long_before_its_deadline_is_not_held()
    {
        var deadlines = new AttemptDeadlines(_clock);
        for (var i = 0; i < 100; i++)
        {
            var attempt = Attempt(TimeSpan.FromDays(1000));
            deadlines.Add(attempt);
            deadlines.Remove(attempt);
        }

        Assert.Equal(0, deadlines.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_longest_limit_there_is_and_none_are_never_over(bool hasLimit)
    {
        var deadlines = new AttemptDeadlines(TimeProvider.System);
        deadlines.Add(Attempt(hasLimit ? TimeSpan.MaxValue : null));

        Assert.Null(deadlines.Overdue);
        Assert.Equal(hasLimit, deadlines.UntilNext > TimeSpan.FromDays(365));
    }

    private static ActivityAttempt Attempt(TimeSpan? timeout) => new(
        new Instance(new InstanceHead("one", 1, "Main", 0, null)), 0, 0, "Double", [], PayloadJson.Write(new RetryPolicy(1, TimeSpan.Zero, Timeout: timeout)), 1);
}
