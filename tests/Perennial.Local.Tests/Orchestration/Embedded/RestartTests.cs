using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>What the embedded engine promises about its own end and the next start.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private static readonly OrchestrationName<int, int> Main = new("Main");
    private static readonly OrchestrationName<int, int> Child = new("Child");
    private static readonly ActivityName<int, int> Double = new("Double");

    private EmbeddedHost? _host;

    private EmbeddedHost Host => _host!;

    private IOrchestrationClient Client => Host.Client;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Timers_missed_while_down_fire_once_in_the_order_of_their_due_times()
    {
        var fired = new List<int>();
        var catalog = new OrchestrationCatalog()
            .Add(Double, (int hours) =>
            {
                lock (fired)
                {
                    fired.Add(hours);
                }

                return 2 * hours;
            })
            .Add(Main, static async (context, hours) =>
            {
                await context.Delay(context.Now.AddHours(hours));
                var ended = await context.Call(Double, hours);
                await context.WaitForEvent<int>("Never");
                return ended;
            });
        await Begin(catalog, new EngineOptions { MaxConcurrentActivities = 1 });
        foreach (var hours in new[] { 3, 1, 2, 50 })
        {
            // The order of the ids is not that of the due times.
            await Client.Start(Main, $"one-{100 - hours}", hours);
        }

        await Host.Engine.DisposeAsync();
        Host.Clock.Advance(TimeSpan.FromHours(10));
        await Host.Reopen(catalog, new EngineOptions { MaxConcurrentActivities = 1 });
        await Host.WhenIdle();
        Assert.Equal([1, 2, 3], fired);

        await Host.Reopen(catalog);
        await Host.Advance(TimeSpan.FromHours(30));
        Assert.Equal([1, 2, 3], fired);
    }

    [Fact]
    public async Task An_activity_that_ran_when_the_engine_was_killed_runs_again_with_the_same_attempt()
    {
        var attempts = new List<int>();
        var hangs = new TaskCompletionSource();
        var catalog = new OrchestrationCatalog()
            .Add(Main, static (context, input) => context.Call(Double, input, new RetryPolicy(5, TimeSpan.FromSeconds(1))))
            .Add(Double, async (input, context, _) =>
            {
                attempts.Add(context.Attempt);
                if (attempts.Count == 1)
                {
                    throw new IOException("Try again.");
                }

                if (attempts.Count == 2)
                {
                    hangs.SetResult();
                    await new TaskCompletionSource().Task;
                }

                return 2 * input;
            });
        await Begin(catalog);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        Host.Clock.Advance(TimeSpan.FromSeconds(1));
        await hangs.Task;

        Host.Engine.Abandon();
        await Host.Reopen(catalog);

        Assert.Equal(8, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.Equal([1, 2, 2], attempts);
    }

    [Fact]
    public async Task A_due_retry_and_its_backoff_survive_a_restart()
    {
        var attempts = 0;
        var catalog = new OrchestrationCatalog()
            .Add(Main, static (context, input) => context.Call(Double, input, new RetryPolicy(2, TimeSpan.FromHours(1))))
            .Add(Double, (int input) => ++attempts == 1 ? throw new IOException("Try again.") : input);
        await Begin(catalog);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();

        await Host.Reopen(catalog);
        await Host.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, attempts);

        await Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(2, attempts);
        Assert.Equal(OrchestrationStatus.Completed, (await Host.Settled("one")).Status);
    }

    [Fact]
    public async Task A_retry_that_falls_due_while_the_instance_is_suspended_waits_for_its_resumption()
    {
        var attempts = 0;
        var catalog = new OrchestrationCatalog()
            .Add(Main, static (context, input) => context.Call(Double, input, new RetryPolicy(2, TimeSpan.FromHours(1))))
            .Add(Double, (int input) => ++attempts == 1 ? throw new IOException("Try again.") : input);
        await Begin(catalog);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        await Client.Suspend("one", "pause");
        await Host.Advance(TimeSpan.FromHours(2));
        Assert.Equal(1, attempts);

        await Client.Resume("one", "on");

        Assert.Equal(OrchestrationStatus.Completed, (await Host.Settled("one")).Status);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task Children_events_and_a_suspension_survive_a_restart()
    {
        var catalog = new OrchestrationCatalog()
            .Add(Main, static (context, input) => context.CallOrchestration(Child, "child", input))
            .Add(Child, static async (context, input) => input + (await context.WaitForEvent<int>("Go")).Value);
        await Begin(catalog);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        await Client.Suspend("child", "pause");
        await Client.RaiseEvent("child", "go", 38);

        Host.Engine.Abandon();
        await Host.Reopen(catalog);
        Assert.Equal(OrchestrationStatus.Suspended, (await Host.Settled("child")).Status);

        await Client.Resume("child", "on");
        Assert.Equal(42, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.Equal(["started", "event-awaited", "suspended", "resumed", "event-received", "completed"], (await Client.History("child")).Select(e => e.Kind));
    }

    [Fact]
    public async Task A_compacted_log_holds_every_instance_and_its_history_in_less_space()
    {
        var catalog = new OrchestrationCatalog()
            .Add(Double, static (int value) => 2 * value)
            .Add(Main, static async (context, input) =>
            {
                context.SetStatus($"status {input}");
                var result = input;
                for (var i = 0; i < 20; i++)
                {
                    result = await context.Call(Double, result) / 2 + 1;
                }

                return input % 2 == 0 ? result : (await context.WaitForEvent<int>("Go")).Value;
            });
        await Begin(catalog);
        for (var i = 0; i < 20; i++)
        {
            await Client.Start(Main, $"one-{i}", i);
        }

        await Host.WhenIdle();
        await Client.Suspend("one-1", "pause");
        await Client.RaiseEvent("one-1", "Go", 7);
        await Client.Purge("one-0");
        var before = await Contents();
        var grown = Host.Engine.DurableBytes;

        await Host.Reopen(catalog, new EngineOptions { CompactAfterBytes = 0 });
        await Client.RaiseEvent("one-3", "Other", 1);
        await Client.RaiseEvent("one-3", "Other", 1);
        await Host.WhenIdle();
        Assert.True(Host.Engine.DurableBytes < grown, $"{Host.Engine.DurableBytes} of {grown}");
        Host.Engine.Abandon();

        await Host.Reopen(catalog);
        Assert.Equal(before.Where(pair => pair.Key != "one-3"), (await Contents()).Where(pair => pair.Key != "one-3"));
        await Client.Resume("one-1", "on");
        Assert.Equal(7, (await Host.Settled("one-1")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task No_more_activities_run_at_once_than_the_limit_says()
    {
        var (running, most) = (0, 0);
        var gate = new Lock();
        var catalog = new OrchestrationCatalog()
            .Add(Main, static async (context, input) => (await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.Call(Double, i)))).Length)
            .Add(Double, async (input, _, _) =>
            {
                var now = Interlocked.Increment(ref running);
                lock (gate)
                {
                    most = Math.Max(most, now);
                }

                await Task.Yield();
                Interlocked.Decrement(ref running);
                return input;
            });
        await Begin(catalog, new EngineOptions { MaxConcurrentActivities = 3 });

        await Client.Start(Main, "one", 60);

        Assert.Equal(60, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.InRange(most, 1, 3);
    }

    [Fact]
    public async Task A_stop_lets_running_activities_end_and_starts_no_more()
    {
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var runs = 0;
        var catalog = new OrchestrationCatalog()
            .Add(Main, static async (context, input) => await context.Call(Double, await context.Call(Double, input)))
            .Add(Double, async (input, _, _) =>
            {
                runs++;
                started.TrySetResult();
                await release.Task;
                return 2 * input;
            });
        await Begin(catalog);
        await Client.Start(Main, "one", 3);
        await started.Task;

        var stopping = Host.Engine.StopAsync();
        release.SetResult();
        await stopping;
        Assert.Equal(1, runs);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Client.Get("one"));

        await Host.Reopen(catalog);
        Assert.Equal(12, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.Equal(2, runs);
    }

    [Fact]
    public async Task Calls_before_the_start_are_refused()
    {
        await using var engine = new DurableEngine(Path.GetTempPath(), new OrchestrationCatalog(), TimeProvider.System);

        await Assert.ThrowsAsync<InvalidOperationException>(() => engine.Get("one"));
    }

    [Fact]
    public async Task An_orchestration_that_the_catalog_lacks_cannot_be_started()
    {
        await Begin(new OrchestrationCatalog());

        await Assert.ThrowsAsync<ArgumentException>(() => Client.Start(Main, "one", 1));
    }

    private async Task Begin(OrchestrationCatalog catalog, EngineOptions? options = null) => _host = await EmbeddedHost.Open(catalog, options);

    private async Task<Dictionary<string, string>> Contents()
    {
        var contents = new Dictionary<string, string>();
        foreach (var state in (await Client.Query(new OrchestrationQuery(Take: 1000))).Instances)
        {
            var history = await Client.History(state.InstanceId);
            contents.Add(state.InstanceId, $"{state} {string.Join(';', history)}");
        }

        return contents;
    }
}
