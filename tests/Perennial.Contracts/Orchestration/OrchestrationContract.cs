using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Orchestration;

/// <summary>What every host must do with orchestrations: activities, failures, fan-out, determinism, payload limits.</summary>
public abstract partial class OrchestrationContract : IAsyncLifetime
{
    protected static readonly OrchestrationName<int, int> Main = new("Main");
    protected static readonly OrchestrationName<int, int> Child = new("Child");
    private static readonly ActivityName<int, int> Double = new("Double");
    private static readonly ActivityName<string, string> Echo = new("Echo");

    private OrchestrationHost? _host;

    protected OrchestrationHost Host => _host ?? throw new InvalidOperationException("Open the host first.");

    protected IOrchestrationClient Client => Host.Client;

    /// <summary>A host that has started, with empty stores.</summary>
    protected abstract Task<OrchestrationHost> Open(OrchestrationCatalog catalog);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_orchestration_returns_what_its_activities_gave()
    {
        await Use(Catalog(static async (context, input) => await context.Call(Double, input) + await context.Call(Double, 100)));

        Assert.True(await Client.Start(Main, "one", 4));

        var state = await Host.Settled("one");
        Assert.Equal(OrchestrationStatus.Completed, state.Status);
        Assert.Equal(208, state.Output!.Value.GetInt32());
        Assert.Equal(("one", "Main", 1, null), (state.InstanceId, state.Name, state.Version, state.ParentId));
        Assert.Null(state.Failure);
    }

    [Fact]
    public async Task An_id_starts_once_also_after_the_end_until_it_is_purged()
    {
        await Use(Catalog(static (_, input) => Task.FromResult(input)));

        Assert.True(await Client.Start(Main, "one", 1));
        Assert.False(await Client.Start(Main, "one", 2));
        Assert.Equal(1, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.False(await Client.Start(Main, "one", 3));

        Assert.True(await Client.Purge("one"));
        Assert.Null(await Client.Get("one"));
        Assert.True(await Client.Start(Main, "one", 4));
        Assert.Equal(4, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task An_unknown_instance_is_null_and_can_be_neither_ended_nor_stopped_nor_purged()
    {
        await Use(Catalog(static (_, input) => Task.FromResult(input)));

        Assert.Null(await Client.Get("none"));
        Assert.False(await Client.Terminate("none", "why"));
        Assert.False(await Client.Suspend("none", "why"));
        Assert.False(await Client.Resume("none", "why"));
        Assert.False(await Client.Purge("none"));
        Assert.Empty(await Client.History("none"));
        await Client.RaiseEvent("none", "Go", 1);
    }

    [Fact]
    public async Task An_activity_that_throws_fails_the_orchestration_with_the_failure_as_data()
    {
        var boom = new ActivityName<int, int>("Boom");
        await Use(Catalog(static (context, input) => context.Call(new ActivityName<int, int>("Boom"), input))
            .Add(boom, (int _) => throw new ActivityFailureException(new Failure("broken-file", "Line 3 is broken.", Retryable: false))));

        await Client.Start(Main, "one", 1);

        var state = await Host.Settled("one");
        Assert.Equal(OrchestrationStatus.Failed, state.Status);
        Assert.Equal(new Failure("broken-file", "Line 3 is broken.", false), state.Failure);
    }

    [Fact]
    public async Task An_orchestration_can_catch_the_failure_and_go_on()
    {
        await Use(Catalog(static async (context, input) =>
        {
            try
            {
                return await context.Call(new ActivityName<int, int>("Boom"), input);
            }
            catch (ActivityFailedException failed) when (failed is { Name: "Boom", Failure.Code: "InvalidOperationException" })
            {
                return await context.Call(Double, 21);
            }
        }).Add(new ActivityName<int, int>("Boom"), (int _) => throw new InvalidOperationException("No.")));

        await Client.Start(Main, "one", 1);

        Assert.Equal(42, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_retryable_failure_is_tried_again_after_growing_delays_until_it_succeeds()
    {
        var attempts = new List<(int Attempt, DateTimeOffset At)>();
        await Use(Catalog(static (context, input) => context.Call(new ActivityName<int, int>("Flaky"), input, new RetryPolicy(4, TimeSpan.FromSeconds(10), Backoff: 3)))
            .Add(new ActivityName<int, int>("Flaky"), (input, context, _) =>
            {
                attempts.Add((context.Attempt, Host.Now));
                return context.Attempt < 3 ? throw new IOException("Not yet.") : Task.FromResult(input);
            }));
        var start = Host.Now;

        await Client.Start(Main, "one", 7);
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromSeconds(9));
        Assert.Single(attempts);

        await Host.Advance(TimeSpan.FromSeconds(1));
        await Host.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(2, attempts.Count);

        await Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal([(1, start), (2, start.AddSeconds(10)), (3, start.AddSeconds(40))], attempts);
        Assert.Equal(7, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task After_the_last_attempt_the_failure_stands()
    {
        var attempts = 0;
        await Use(Catalog(static (context, input) => context.Call(new ActivityName<int, int>("Flaky"), input, new RetryPolicy(2, TimeSpan.FromSeconds(1))))
            .Add(new ActivityName<int, int>("Flaky"), (int _) => throw new IOException($"Attempt {++attempts}.")));

        await Client.Start(Main, "one", 7);
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromHours(1));
        await Host.Advance(TimeSpan.FromHours(1));

        Assert.Equal(2, attempts);
        Assert.Equal("Attempt 2.", (await Host.Settled("one")).Failure!.Message);
    }

    [Fact]
    public async Task A_failure_that_no_retry_can_help_is_not_tried_again()
    {
        var attempts = 0;
        await Use(Catalog(static (context, input) => context.Call(new ActivityName<int, int>("Bad"), input, RetryPolicy.Storage))
            .Add(new ActivityName<int, int>("Bad"), (int _) => throw new FormatException($"Attempt {++attempts}.")));

        await Client.Start(Main, "one", 7);

        var state = await Host.Settled("one");
        Assert.Equal(OrchestrationStatus.Failed, state.Status);
        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task A_hundred_activities_fan_out_and_their_results_come_back_in_the_order_of_the_calls()
    {
        await Use(Catalog(static async (context, input) =>
        {
            var results = await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.Call(Double, i)));
            return results.Select((result, i) => result == 2 * i ? 1 : 0).Sum();
        }));

        await Client.Start(Main, "one", 100);

        Assert.Equal(100, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task The_first_of_two_activities_can_be_awaited_and_the_other_afterwards()
    {
        var release = new TaskCompletionSource<int>();
        await Use(Catalog(static async (context, input) =>
        {
            var slow = context.Call(new ActivityName<int, int>("Slow"), input);
            var fast = context.Call(Double, input);
            var first = await Task.WhenAny(slow, fast);
            await context.Call(new ActivityName<int, int>("Release"), 0);
            return first == fast ? await fast + await slow : -1;
        })
            .Add(new ActivityName<int, int>("Slow"), (_, _, _) => release.Task)
            .Add(new ActivityName<int, int>("Release"), (int _) => release.TrySetResult(1000) ? 1 : 0));

        await Client.Start(Main, "one", 3);

        Assert.Equal(1006, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task Payloads_above_the_limit_fail_by_name_and_size()
    {
        var state = await Run(static async (context, input) =>
        {
            var big = new string('x', PayloadLimit.MaxBytes - 1);
            var failure = await Assert.ThrowsAsync<ActivityFailedException>(() => context.Call(Echo, big));
            Assert.Contains("activity 'Echo'", failure.Message, StringComparison.Ordinal);
            Assert.Contains("16,385", failure.Message, StringComparison.Ordinal);
            var fits = await context.Call(Echo, big[1..]);
            failure = await Assert.ThrowsAsync<ActivityFailedException>(() => context.Call(new ActivityName<int, string>("Big"), 1));
            Assert.Equal(("payload-too-large", false), (failure.Failure.Code, failure.Failure.Retryable));
            Assert.Contains("output of activity 'Big'", failure.Message, StringComparison.Ordinal);
            Assert.Throws<ActivityFailureException>(() => context.SetStatus(big));
            await Assert.ThrowsAsync<ActivityFailedException>(() => context.CallOrchestration(new OrchestrationName<string, int>("Text"), "text", big));
            return fits.Length;
        }, catalog => catalog
            .Add(Echo, static text => text)
            .Add(new ActivityName<int, string>("Big"), static _ => new string('y', PayloadLimit.MaxBytes))
            .Add(new OrchestrationName<string, int>("Text"), static (_, text) => Task.FromResult(text.Length)));

        Assert.Equal((OrchestrationStatus.Completed, null), (state.Status, state.Failure));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.Start(new OrchestrationName<string, int>("Text"), "big", new string('x', PayloadLimit.MaxBytes)));
        await Assert.ThrowsAsync<ArgumentException>(() => Client.RaiseEvent("one", "Go", new string('x', PayloadLimit.MaxBytes)));
    }

    [Fact]
    public async Task An_output_above_the_limit_fails_the_orchestration()
    {
        await Use(new OrchestrationCatalog().Add(new OrchestrationName<int, string>("Wordy"), static (_, _) => Task.FromResult(new string('x', PayloadLimit.MaxBytes))));

        await Client.Start(new OrchestrationName<int, string>("Wordy"), "one", 1);

        Assert.Equal("payload-too-large", (await Host.Settled("one")).Failure?.Code);
    }

    [Fact]
    public async Task Ids_differ_and_time_stands_still_within_a_turn()
    {
        await Use(new OrchestrationCatalog().Add(new OrchestrationName<int, string[]>("Ids"), static async (context, _) =>
        {
            var before = context.Now;
            var first = context.NewId();
            await context.Delay(before.AddHours(1));
            return [first, context.NewId(), context.NewId(), $"{(context.Now - before).TotalHours}", context.InstanceId];
        }));

        foreach (var id in new[] { "one", "two" })
        {
            await Client.Start(new OrchestrationName<int, string[]>("Ids"), id, 0);
        }

        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromHours(1));
        var one = (await Host.Settled("one")).Output!.Value.EnumerateArray().Select(value => value.GetString()!).ToArray();
        var two = (await Host.Settled("two")).Output!.Value.EnumerateArray().Select(value => value.GetString()!).ToArray();
        Assert.Equal(6, one[..3].Concat(two[..3]).Distinct().Count());
        Assert.Equal(["1", "one"], one[3..]);
    }

    [Fact]
    public async Task A_custom_status_is_seen_by_a_query_and_cleared_by_the_next_generation()
    {
        await Use(Catalog(static async (context, generation) =>
        {
            if (generation == 0)
            {
                context.SetStatus(new { Stage = "train", Done = 3 });
                await context.WaitForEvent<int>("Next");
                context.ContinueAsNew(1);
                return 0;
            }

            await context.WaitForEvent<int>("Next");
            return 1;
        }));

        await Client.Start(Main, "one", 0);
        var status = (await Host.Settled("one")).CustomStatus!.Value;
        Assert.Equal(("train", 3), (status.GetProperty("stage").GetString(), status.GetProperty("done").GetInt32()));

        await Client.RaiseEvent("one", "Next", 0);
        Assert.Null((await Host.Settled("one")).CustomStatus);
    }

    protected static OrchestrationCatalog Catalog(Func<IOrchestrationContext, int, Task<int>> main) =>
        new OrchestrationCatalog().Add(Main, main).Add(Double, static (int value) => 2 * value);

    protected async Task Use(OrchestrationCatalog catalog) => _host = await Open(catalog);

    protected async Task<OrchestrationState> Run(Func<IOrchestrationContext, int, Task<int>> main, Action<OrchestrationCatalog>? more = null, int input = 0)
    {
        var catalog = Catalog(main);
        more?.Invoke(catalog);
        await Use(catalog);
        await Client.Start(Main, "one", input);
        return await Host.Settled("one");
    }
}
