using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>Activities that nobody waits for any more see their token.</summary>
public sealed class CancellationTests : EmbeddedTests
{
    private static readonly ActivityName<int, int> Long = new("Long");
    private readonly TaskCompletionSource _started = new();
    private readonly TaskCompletionSource _cancelled = new();
    private readonly TaskCompletionSource<int> _late = new();

    [Fact]
    public async Task A_terminated_instances_activities_see_their_token()
    {
        await Begin(Catalog(static (context, input) => context.Call(Long, input)).Add(Long, Wait));
        await Client.Start(Main, "one", 0);
        await _started.Task;

        await Client.Terminate("one", "not needed");

        await _cancelled.Task;
        Assert.Equal(OrchestrationStatus.Terminated, (await Host.Settled("one")).Status);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Activities_of_a_generation_that_has_ended_see_their_token(bool continues)
    {
        await Begin(Catalog(static async (context, input) =>
        {
            _ = context.Call(Long, input);
            await context.WaitForEvent<int>("Go");
            if (input == 1)
            {
                context.ContinueAsNew(2);
            }

            return input;
        }).Add(Long, Wait));
        await Client.Start(Main, "one", continues ? 1 : 0);
        await _started.Task;

        await Client.RaiseEvent("one", "Go", 1);

        await _cancelled.Task;
    }

    [Fact]
    public async Task An_attempt_whose_time_is_over_sees_its_token_and_its_place_is_free_whether_it_heeds_it_or_not()
    {
        await Begin(
            Catalog(static (context, input) => input == 0 ? context.Call(Double, 21) : context.Call(Long, input, new RetryPolicy(1, TimeSpan.Zero, Timeout: TimeSpan.FromMinutes(1))))
                .Add(Long, async (_, _, cancellationToken) =>
                {
                    cancellationToken.Register(_cancelled.SetResult);
                    _started.SetResult();
                    return await _late.Task;
                }),
            new EngineOptions { MaxConcurrentActivities = 1 });
        await Client.Start(Main, "one", 1);
        await _started.Task;
        await Client.Start(Main, "two", 0);

        await Host.Advance(TimeSpan.FromMinutes(1));

        await _cancelled.Task;
        Assert.Equal("activity-timeout", (await Host.Settled("one")).Failure?.Code);
        Assert.Equal(42, (await Host.Settled("two")).Output?.GetInt32());
        Assert.Equal(0, Host.Engine.RunningActivities);
        var history = (await Client.History("one")).Count;
        _late.SetResult(7);
        await Host.WhenIdle();
        Assert.Equal(history, (await Client.History("one")).Count);
    }

    [Fact]
    public async Task What_an_activity_throws_when_it_is_cancelled_does_not_stop_the_engine()
    {
        await Begin(Catalog(static (context, input) => input == 0 ? context.Call(Double, 21) : context.Call(Long, input)).Add(Long, async (_, _, cancellationToken) =>
        {
            cancellationToken.Register(static () => throw new InvalidOperationException("No."));
            _started.SetResult();
            return await _late.Task;
        }));
        await Client.Start(Main, "one", 1);
        await _started.Task;

        await Client.Terminate("one", "not needed");
        _late.SetResult(0);

        await Client.Start(Main, "two", 0);
        Assert.Equal(42, (await Host.Settled("two")).Output?.GetInt32());
    }

    private async Task<int> Wait(int input, ActivityContext context, CancellationToken cancellationToken)
    {
        if (input == 2)
        {
            return input;
        }

        _started.SetResult();
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
        }
        finally
        {
            _cancelled.SetResult();
        }

        return input;
    }
}
