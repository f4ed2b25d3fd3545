using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>An instance that only waits leaves the memory and goes on, when something comes for it, as if it had been there all the time.</summary>
public sealed class UnloadingTests : EmbeddedTests
{
    private static readonly EngineOptions EveryTurn = new() { UnloadAfter = TimeSpan.Zero };

    [Fact]
    public async Task What_waits_leaves_the_memory_and_an_event_brings_it_back()
    {
        await Begin(Catalog(static async (context, input) =>
        {
            context.SetStatus("waits");
            return await context.Call(Double, input) + (await context.WaitForEvent<int>("Go")).Value;
        }));
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromSeconds(29));
        Assert.Equal(1, Host.Engine.LoadedInstances);

        await Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, Host.Engine.LoadedInstances);

        var state = (await Client.Get("one"))!;
        Assert.Equal((OrchestrationStatus.Running, "waits"), (state.Status, state.CustomStatus!.Value.GetString()));
        Assert.Equal(["started", "activity-scheduled", "activity-completed", "event-awaited"], (await Client.History("one")).Select(e => e.Kind));
        Assert.Equal("one", Assert.Single((await Client.Query(new OrchestrationQuery())).Instances).InstanceId);
        Assert.Equal(0, Host.Engine.LoadedInstances);

        await Client.RaiseEvent("one", "Go", 100);
        Assert.Equal(108, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.Equal(0, Host.Engine.LoadedInstances);
    }

    [Fact]
    public async Task A_timer_brings_it_back_also_after_a_restart_that_did_not_load_it()
    {
        var runs = 0;
        var catalog = Catalog(async (context, input) =>
        {
            runs++;
            await context.Delay(context.Now.AddHours(2));
            return await context.Call(Double, input);
        });
        await Begin(catalog, EveryTurn);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        Assert.Equal((0, 1), (Host.Engine.LoadedInstances, runs));

        await Kill(catalog, EveryTurn);
        await Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal((0, 1), (Host.Engine.LoadedInstances, runs));

        await Host.Advance(TimeSpan.FromHours(1));
        Assert.Equal(8, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_child_brings_its_parent_back_over_any_number_of_restarts()
    {
        var catalog = Catalog(static async (context, input) =>
        {
            var children = await Task.WhenAll(
                context.CallOrchestration(Child, "one-a", input), context.CallOrchestration(Child, "one-b", input + 1));
            return children.Sum();
        }).Add(Child, static async (context, input) => await context.Call(Double, input) + (await context.WaitForEvent<int>("Go")).Value);
        await Begin(catalog, EveryTurn);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        Assert.Equal(0, Host.Engine.LoadedInstances);

        await Kill(catalog, EveryTurn);
        await Client.RaiseEvent("one-b", "Go", 100);
        await Host.WhenIdle();
        Assert.Equal((OrchestrationStatus.Running, 0), ((await Client.Get("one"))!.Status, Host.Engine.LoadedInstances));
        Assert.False(await Client.Purge("one-b"));

        await Kill(catalog, EveryTurn);
        await Client.RaiseEvent("one-a", "Go", 1000);
        Assert.Equal(1118, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task What_is_suspended_leaves_with_its_events_and_its_retry_and_a_resumption_brings_both_back()
    {
        var attempts = 0;
        var catalog = new OrchestrationCatalog()
            .Add(Main, static async (context, input) =>
                await context.Call(Double, input, new RetryPolicy(2, TimeSpan.FromHours(1))) + (await context.WaitForEvent<int>("Go")).Value)
            .Add(Double, (int value) => ++attempts == 1 ? throw new IOException("Try again.") : 2 * value);
        await Begin(catalog, EveryTurn);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        await Client.Suspend("one", "pause");
        await Client.RaiseEvent("one", "Go", 7);
        await Host.Advance(TimeSpan.FromHours(2));
        Assert.Equal((OrchestrationStatus.Suspended, 0, 1), ((await Client.Get("one"))!.Status, Host.Engine.LoadedInstances, attempts));

        await Kill(catalog, EveryTurn);
        await Host.WhenIdle();
        Assert.Equal((OrchestrationStatus.Suspended, 0, 1), ((await Client.Get("one"))!.Status, Host.Engine.LoadedInstances, attempts));
        Assert.True(await Client.Resume("one", "on"));
        Assert.Equal((15, 2), ((await Host.Settled("one")).Output!.Value.GetInt32(), attempts));
    }

    [Fact]
    public async Task What_came_for_an_unloaded_instance_before_a_crash_is_there_after_it()
    {
        var catalog = Catalog(static async (context, input) =>
        {
            for (var i = 0; i < 3; i++)
            {
                input += (await context.WaitForEvent<int>("Go")).Value;
                context.SetStatus(input);
            }

            context.ContinueAsNew(input);
            return 0;
        });
        await Begin(catalog, EveryTurn);
        await Client.Start(Main, "one", 1);
        for (var i = 0; i < 9; i++)
        {
            await Client.RaiseEvent("one", "Go", 10);
            await Host.WhenIdle();
        }

        // Now it is unloaded; what follows is a record behind its whole state.
        await Host.Reopen(catalog, new EngineOptions());
        Assert.Equal(0, Host.Engine.LoadedInstances);
        await Client.RaiseEvent("one", "Go", 1000);
        await Client.RaiseEvent("one", "Go", 10000);
        var expected = await Client.Get("one");
        var history = await Client.History("one");

        await Kill(catalog);
        Assert.Equal(1, Host.Engine.LoadedInstances);
        Assert.Equal(expected!.ToString(), (await Client.Get("one"))!.ToString());
        Assert.Equal(history.Select(e => e.ToString()), (await Client.History("one")).Select(e => e.ToString()));
        Assert.Equal(11091, expected.CustomStatus!.Value.GetInt32());
    }

    [Fact]
    public async Task Code_that_the_catalog_lacks_is_reported_when_the_instance_is_woken_and_a_fixed_build_continues_it()
    {
        var original = Catalog(static async (context, input) => input + (await context.WaitForEvent<int>("Go")).Value);
        await Begin(original, EveryTurn);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();

        await Host.Reopen(new OrchestrationCatalog(), EveryTurn);
        Assert.Equal(OrchestrationStatus.Running, (await Host.Settled("one")).Status);
        await Client.RaiseEvent("one", "Go", 38);
        var state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Faulted, "orchestration-code-missing"), (state.Status, state.Failure!.Code));
        Assert.Equal(0, Host.Engine.LoadedInstances);

        await Host.Reopen(original, EveryTurn);
        Assert.Equal(42, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task What_has_not_changed_is_not_written_again()
    {
        await Begin(Catalog(static async (context, input) => input + (await context.WaitForEvent<int>("Go")).Value), EveryTurn);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();
        await Client.Suspend("one", "pause");
        await Host.WhenIdle();
        var before = Host.Engine.DurableBytes;

        Assert.True(await Client.Suspend("one", "again"));
        await Host.WhenIdle();

        Assert.Equal((0, before), (Host.Engine.LoadedInstances, Host.Engine.DurableBytes));
    }

    [Fact]
    public async Task Where_the_loaded_ones_take_too_much_the_longest_unused_leave_first()
    {
        var text = new string('x', 10_000);
        var echo = new ActivityName<string, string>("Echo");
        var catalog = Catalog(async (context, input) =>
        {
            await context.Call(echo, text);
            return (await context.WaitForEvent<int>("Go")).Value;
        }).Add(echo, static (string value) => value);
        await Begin(catalog, new EngineOptions { MaxLoadedBytes = 100_000 });
        for (var i = 0; i < 20; i++)
        {
            await Client.Start(Main, $"one-{i:D2}", i);
            await Host.WhenIdle();
        }

        Assert.InRange(Host.Engine.LoadedInstances, 1, 5);
        for (var i = 0; i < 20; i++)
        {
            await Client.RaiseEvent($"one-{i:D2}", "Go", i);
            Assert.Equal(i, (await Host.Settled($"one-{i:D2}")).Output!.Value.GetInt32());
        }

        Assert.Equal(0, Host.Engine.LoadedInstances);
    }

    [Fact]
    public async Task A_history_of_several_records_comes_back_whole()
    {
        var text = new string('x', 10_000);
        var echo = new ActivityName<string, string>("Echo");
        var catalog = Catalog(async (context, input) =>
        {
            for (var i = 0; i < 60; i++)
            {
                await context.Call(echo, text);
            }

            return (await context.WaitForEvent<int>("Go")).Value;
        }).Add(echo, static (string value) => value);
        await Begin(catalog, new EngineOptions { UnloadAfter = TimeSpan.FromMinutes(1), CompactAfterBytes = 1 });
        await Client.Start(Main, "one", 0);
        await Host.WhenIdle();
        var history = (await Client.History("one")).Select(e => e.ToString()).ToList();
        Assert.Equal(122, history.Count);

        await Host.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, Host.Engine.LoadedInstances);
        Assert.Equal(history, (await Client.History("one")).Select(e => e.ToString()));
        await Kill(catalog);
        Assert.Equal(history, (await Client.History("one")).Select(e => e.ToString()));

        await Client.RaiseEvent("one", "Go", 7);
        Assert.Equal(7, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_parent_out_of_memory_still_keeps_its_ended_children_from_being_purged()
    {
        var catalog = Catalog(static async (context, input) =>
            await context.CallOrchestration(Child, "child", input) + (await context.WaitForEvent<int>("Go")).Value)
            .Add(Child, static (_, input) => Task.FromResult(input));
        await Begin(catalog, EveryTurn);
        await Client.Start(Main, "one", 4);
        await Host.WhenIdle();

        Assert.Equal((0, false), (Host.Engine.LoadedInstances, await Client.Purge("child")));
        await Client.Terminate("one", "enough");
        Assert.True(await Client.Purge("child"));
        Assert.Equal(OrchestrationStatus.Terminated, (await Host.Settled("one")).Status);
    }
}
