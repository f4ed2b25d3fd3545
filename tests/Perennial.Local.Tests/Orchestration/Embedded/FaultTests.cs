using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>Code that does not match its history, or awaits what is not durable, stops the instance as it stood.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly OrchestrationName<int, int> Main = new("Main");
    private static readonly ActivityName<int, int> Double = new("Double");
    private static readonly ActivityName<int, int> Triple = new("Triple");

    private EmbeddedHost? _host;

    private EmbeddedHost Host => _host!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Fact]
    public async Task Changed_code_is_found_at_the_restart_and_the_original_continues_the_instance()
    {
        var original = Catalog(static async (context, input) => await context.Call(Double, input) + (await context.WaitForEvent<int>("Go")).Value);
        await Begin(original);

        await Host.Reopen(Catalog(static async (context, input) => await context.Call(Triple, input) + (await context.WaitForEvent<int>("Go")).Value));

        var state = await Host.Settled("one");
        Assert.Equal(OrchestrationStatus.Faulted, state.Status);
        Assert.Equal("orchestration-not-deterministic", state.Failure!.Code);
        Assert.Contains("'one'", state.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("event 1 its history has activity-scheduled 'Double'", state.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("gives activity-scheduled 'Triple'", state.Failure.Message, StringComparison.Ordinal);

        await Host.Client.RaiseEvent("one", "Go", 100);
        Assert.Equal(OrchestrationStatus.Faulted, (await Host.Settled("one")).Status);
        Assert.False(await Host.Client.Purge("one"));

        await Host.Reopen(original);
        state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Completed, null), (state.Status, state.Failure));
        Assert.Equal(104, state.Output!.Value.GetInt32());
    }

    [Fact]
    public async Task Code_that_does_less_or_ends_early_is_found()
    {
        var original = Catalog(static async (context, input) => (await context.WaitForEvent<int>("Go")).Value + input);
        await Begin(original);

        await Host.Reopen(Catalog(static (_, input) => Task.FromResult(input)));
        Assert.Contains("event 1 its history has event-awaited 'Go', but today's code of 'Main' gives completed", (await Host.Settled("one")).Failure!.Message, StringComparison.Ordinal);

        await Host.Reopen(Catalog(static async (context, input) =>
        {
            var go = context.WaitForEvent<int>("Go");
            await context.Delay(context.Now.AddDays(1));
            return (await go).Value + input;
        }));
        Assert.Contains("event 2 its history has nothing more, but today's code of 'Main' gives timer-scheduled", (await Host.Settled("one")).Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_awaited_delay_of_the_system_is_found_at_once()
    {
        await Begin(Catalog(static async (_, input) =>
        {
            await Task.Delay(Timeout.Infinite);
            return input;
        }));

        var state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Faulted, "orchestration-not-durable"), (state.Status, state.Failure!.Code));
        Assert.Contains("awaits something that is not durable", state.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_goes_on_outside_of_its_turn_is_found_at_the_next_event()
    {
        // The flag is a test's window into the code; orchestrations have no statics.
        var outside = new TaskCompletionSource();
        var left = new TaskCompletionSource();
        await Begin(new OrchestrationCatalog().Add(Double, static (int value) => value).Add(Main, async (context, input) =>
        {
            var go = context.WaitForEvent<int>("Go");
            await outside.Task.ConfigureAwait(false);
            left.SetResult();
            return input;
        }));
        await Task.Run(outside.SetResult);
        await left.Task;
        // The body returns right after; the engine sees that it ended without a turn, or that it has not ended yet.
        await Host.Client.RaiseEvent("one", "Other", 1);

        await Host.Client.RaiseEvent("one", "Go", 1);

        Assert.NotEqual(OrchestrationStatus.Completed, (await Host.Settled("one")).Status);
    }

    [Fact]
    public async Task A_context_used_from_another_thread_is_found()
    {
        var ended = new TaskCompletionSource();
        await Begin(new OrchestrationCatalog().Add(Double, static (int value) => value).Add(Main, async (context, input) =>
        {
            var go = context.WaitForEvent<int>("Go");
            _ = Task.Run(() =>
            {
                try
                {
                    context.NewId();
                }
                catch (InvalidOperationException)
                {
                    ended.SetResult();
                }
            });
            return (await go).Value + input;
        }));
        await ended.Task;

        await Host.Client.RaiseEvent("one", "Go", 1);

        Assert.Equal("orchestration-not-durable", (await Host.Settled("one")).Failure?.Code);
    }

    [Fact]
    public async Task Code_that_a_build_lacks_stops_the_instance_and_a_build_that_has_it_continues()
    {
        var whole = Catalog(static async (context, input) => (await context.WaitForEvent<int>("Go")).Value + await context.Call(Double, input));
        var withoutActivity = new OrchestrationCatalog().Add(Main, static async (context, input) => (await context.WaitForEvent<int>("Go")).Value + await context.Call(Double, input));
        await Begin(withoutActivity);
        await Host.Client.RaiseEvent("one", "Go", 1);

        var state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Faulted, "orchestration-code-missing"), (state.Status, state.Failure!.Code));

        await Host.Reopen(new OrchestrationCatalog());
        Assert.Contains("the orchestration 'Main'", (await Host.Settled("one")).Failure!.Message, StringComparison.Ordinal);

        await Host.Reopen(whole);
        Assert.Equal(5, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_result_that_todays_code_cannot_read_stops_the_instance()
    {
        await Begin(Catalog(static async (context, input) => await context.Call(Double, input) + (await context.WaitForEvent<int>("Go")).Value));

        await Host.Reopen(Catalog(static async (context, input) =>
        {
            var texts = await context.Call(new ActivityName<int, List<string>>("Double"), input);
            return texts.Count + (await context.WaitForEvent<int>("Go")).Value;
        }));

        Assert.Equal("orchestration-payload-unreadable", (await Host.Settled("one")).Failure?.Code);
    }

    [Fact]
    public async Task A_faulted_instance_can_be_terminated()
    {
        await Begin(Catalog(static async (_, input) =>
        {
            await Task.Delay(Timeout.Infinite);
            return input;
        }));

        Assert.True(await Host.Client.Terminate("one", "no use"));

        Assert.Equal(OrchestrationStatus.Terminated, (await Host.Settled("one")).Status);
    }

    private static OrchestrationCatalog Catalog(Func<IOrchestrationContext, int, Task<int>> main) => new OrchestrationCatalog()
        .Add(Main, main)
        .Add(Double, static (int value) => 2 * value)
        .Add(Triple, static (int value) => 3 * value);

    private async Task Begin(OrchestrationCatalog catalog)
    {
        _host = await EmbeddedHost.Open(catalog);
        await Host.Client.Start(Main, "one", 2);
        await Host.WhenIdle();
    }
}
