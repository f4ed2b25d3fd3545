using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Orchestration;

/// <summary>
/// What the embedded engine promises beyond <see cref="OrchestrationContract"/>, in each of its modes: what was acknowledged shows at once, a
/// child's id that is taken is told, a parent learns why its child was terminated, ids differ by case, and a history names its waits and retries.
/// Durable Functions promises none of them; whether its ids differ by case is its storage's matter.
/// </summary>
public abstract class EmbeddedOrchestrationContract : OrchestrationContract
{
    [Fact]
    public async Task What_was_acknowledged_shows_at_once()
    {
        await Run(static async (context, _) => (await context.WaitForEvent<int>("Go")).Value);

        Assert.True(await Client.Suspend("one", "pause"));
        Assert.Equal(OrchestrationStatus.Suspended, (await Client.Get("one"))!.Status);
        Assert.True(await Client.Resume("one", "on"));
        Assert.False(await Client.Resume("one", "again"));
        Assert.True(await Client.Terminate("one", "over"));
        Assert.True(await Client.Purge("one"));
        Assert.Null(await Client.Get("one"));
    }

    [Fact]
    public async Task A_childs_id_that_another_instance_has_fails_the_call()
    {
        await Use(Catalog(static (context, input) => context.CallOrchestration(Child, "taken", input))
            .Add(Child, static (_, input) => Task.FromResult(input)));
        await Client.Start(Child, "taken", 1);

        await Client.Start(Main, "one", 2);

        var state = await Host.Settled("one");
        Assert.Equal("instance-id-taken", state.Failure?.Code);
        Assert.Equal(1, (await Client.Get("taken"))!.Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_child_that_is_terminated_tells_its_parent_why()
    {
        await Run(
            static (context, input) => context.CallOrchestration(Child, "child", input),
            static catalog => catalog.Add(Child, static async (context, _) => (await context.WaitForEvent<int>("Never")).Value));

        Assert.True(await Client.Terminate("child", "enough"));

        Assert.Equal("enough", (await Host.Settled("one")).Failure?.Message);
    }

    [Fact]
    public async Task Ids_that_differ_by_case_are_two()
    {
        await Use(Catalog(static (_, input) => Task.FromResult(input)));

        Assert.True(await Client.Start(Main, "one", 1));
        Assert.True(await Client.Start(Main, "One", 2));

        await Host.WhenIdle();
        Assert.Equal(["One", "one"], (await Client.Query(new OrchestrationQuery())).Instances.Select(state => state.InstanceId));
    }

    [Fact]
    public async Task A_generation_begins_with_nothing_but_its_input_in_its_history()
    {
        await Use(Catalog(static async (context, generation) =>
        {
            await context.WaitForEvent<int>("Go");
            context.ContinueAsNew(generation + 1);
            return 0;
        }));
        await Client.Start(Main, "one", 4);
        await Client.RaiseEvent("one", "Go", 0);

        await Host.WhenIdle();
        var history = await Client.History("one");

        Assert.Equal(["started", "event-awaited"], history.Select(e => e.Kind));
        Assert.Equal(5, history[0].Data!.Value.GetInt32());
    }

    [Fact]
    public async Task An_attempt_that_took_too_long_is_in_the_history_with_its_failure()
    {
        var (started, release) = (new TaskCompletionSource(), new TaskCompletionSource<int>());
        await Use(Catalog(static (context, input) => context.Call(Slow, input, new RetryPolicy(2, TimeSpan.FromSeconds(10), Timeout: TimeSpan.FromMinutes(1))))
            .Add(Slow, (_, _, _) =>
            {
                started.TrySetResult();
                return release.Task;
            }));
        await Client.Start(Main, "one", 4);
        await started.Task;

        await Host.Advance(TimeSpan.FromMinutes(1));

        var failed = (await Client.History("one"))[^1];
        Assert.Equal(("activity-retried", "Slow"), (failed.Kind, failed.Name));
        Assert.Equal("activity-timeout", failed.Data!.Value.GetProperty("code").GetString());
        release.SetResult(0);
    }
}
