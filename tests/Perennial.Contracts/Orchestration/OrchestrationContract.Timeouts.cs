using Perennial.Core.Orchestration;

namespace Perennial.Contracts.Orchestration;

/// <content>Attempts that take too long.</content>
public abstract partial class OrchestrationContract
{
    protected static readonly ActivityName<int, int> Slow = new("Slow");

    [Fact]
    public async Task An_attempt_that_takes_too_long_has_failed_is_tried_again_and_its_late_result_counts_for_nothing()
    {
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        await Use(Catalog(static (context, input) => context.Call(Slow, input, new RetryPolicy(2, TimeSpan.FromSeconds(10), Timeout: TimeSpan.FromMinutes(1))))
            .Add(Slow, (input, context, _) =>
            {
                started.TrySetResult();
                return context.Attempt == 1 ? release.Task : Task.FromResult(2 * input);
            }));
        await Client.Start(Main, "one", 4);
        await started.Task;

        await Host.Advance(TimeSpan.FromMinutes(1));
        release.SetResult(-1);
        await Host.Advance(TimeSpan.FromSeconds(10));

        Assert.Equal(8, (await Host.Ended("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_last_attempt_that_takes_too_long_fails_the_call_and_says_so()
    {
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        await Use(Catalog(static async (context, input) =>
        {
            try
            {
                return await context.Call(Slow, input, new RetryPolicy(1, TimeSpan.Zero, Timeout: TimeSpan.FromMinutes(1)));
            }
            catch (ActivityFailedException failed)
            {
                context.SetStatus(failed.Failure.Code);
                throw;
            }
        })
            .Add(Slow, (_, _, _) =>
            {
                started.TrySetResult();
                return release.Task;
            }));
        await Client.Start(Main, "one", 4);
        await started.Task;

        await Host.Advance(TimeSpan.FromHours(1));

        Assert.Equal("activity-timeout", (await Host.Settled("one")).CustomStatus?.GetString());
        release.SetResult(0);
        var failure = (await Host.Ended("one")).Failure!;
        Assert.Equal(("activity-timeout", true), (failure.Code, failure.Retryable));
        Assert.Contains("'Slow'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_attempt_that_ends_in_time_is_left_alone_afterwards()
    {
        await Use(Catalog(static async (context, input) =>
        {
            var doubled = await context.Call(Double, input, new RetryPolicy(5, TimeSpan.Zero, Timeout: TimeSpan.FromMinutes(1)));
            await context.Delay(context.Now.AddHours(1));
            return doubled;
        }));
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();

        await Host.Advance(TimeSpan.FromHours(1));

        Assert.Equal(8, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.DoesNotContain(await Client.History("one"), e => e.Kind == "activity-retried");
    }
}
