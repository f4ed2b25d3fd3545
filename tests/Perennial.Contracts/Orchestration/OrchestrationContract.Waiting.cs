using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Orchestration;

/// <content>
/// Timers, events, children, generations, and what people do to instances. That (a termination, a suspension) is durable once it is
/// acknowledged and shows once the host has come to rest: Durable Functions puts it into a queue. Waits and retries are in a history as the
/// engine keeps them. What only the embedded engine promises beyond that is in its own suite.
/// </content>
public abstract partial class OrchestrationContract
{
    [Fact]
    public async Task A_timer_fires_when_its_time_has_come_years_ahead()
    {
        await Use(Catalog(static async (context, _) =>
        {
            await context.Delay(context.Now.AddDays(-1));
            await context.Delay(context.Now.AddDays(1000));
            return 1;
        }));

        await Client.Start(Main, "one", 0);
        Assert.Equal(OrchestrationStatus.Running, (await Host.Settled("one")).Status);

        await Host.Advance(TimeSpan.FromDays(1000) - TimeSpan.FromSeconds(1));
        Assert.Equal(OrchestrationStatus.Running, (await Host.Settled("one")).Status);

        await Host.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(OrchestrationStatus.Completed, (await Host.Settled("one")).Status);
    }

    [Fact]
    public async Task Events_arrive_in_order_whatever_the_case_of_the_name_and_also_when_early()
    {
        await Use(new OrchestrationCatalog().Add(new OrchestrationName<int, string>("Letters"), static async (context, _) =>
        {
            await context.WaitForEvent<int>("Go");
            var letters = "";
            for (var i = 0; i < 3; i++)
            {
                letters += (await context.WaitForEvent<string>("letter")).Value;
            }

            return letters;
        }));
        await Client.Start(new OrchestrationName<int, string>("Letters"), "one", 0);
        await Client.RaiseEvent("one", "Letter", "a");
        await Client.RaiseEvent("one", "LETTER", "b");
        await Client.RaiseEvent("one", "Go", 1);
        await Client.RaiseEvent("one", "letter", "c");
        await Client.RaiseEvent("one", "letter", "late");

        Assert.Equal("abc", (await Host.Settled("one")).Output!.Value.GetString());
    }

    [Fact]
    public async Task Of_an_event_and_its_deadline_the_first_wins_and_a_late_event_waits_for_the_next_call()
    {
        await Use(new OrchestrationCatalog().Add(new OrchestrationName<int, string>("Race"), static async (context, _) =>
        {
            var missed = await context.WaitForEvent<string>("Go", context.Now.AddHours(1));
            var late = await context.WaitForEvent<string>("Go", context.Now.AddHours(1));
            var passed = await context.WaitForEvent<string>("Go", context.Now);
            await context.Delay(context.Now.AddHours(2));
            return $"{missed.Arrived} {late.Arrived} {late.Value} {passed.Arrived}";
        }));
        await Client.Start(new OrchestrationName<int, string>("Race"), "one", 0);
        await Host.WhenIdle();

        await Host.Advance(TimeSpan.FromHours(1));
        await Client.RaiseEvent("one", "Go", "late");
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromHours(2));

        Assert.Equal("False True late False", (await Host.Settled("one")).Output!.Value.GetString());
    }

    [Fact]
    public async Task Only_one_may_wait_for_a_name()
    {
        var state = await Run(static async (context, _) =>
        {
            var first = context.WaitForEvent<int>("Go");
            await Assert.ThrowsAsync<InvalidOperationException>(() => context.WaitForEvent<int>("GO"));
            return (await first).Value;
        });
        Assert.Equal(OrchestrationStatus.Running, state.Status);

        await Client.RaiseEvent("one", "go", 5);

        Assert.Equal(5, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task Continue_as_new_begins_an_empty_history_and_keeps_events_that_nobody_took()
    {
        await Use(Catalog(static async (context, sum) =>
        {
            if (sum < 0)
            {
                await context.WaitForEvent<int>("Open");
                context.ContinueAsNew(0);
                return -1;
            }

            var next = await context.WaitForEvent<int>("Add");
            if (next.Value == 0)
            {
                return sum;
            }

            context.ContinueAsNew(sum + next.Value);
            return -1;
        }));
        await Client.Start(Main, "one", -1);
        foreach (var number in new[] { 1, 2, 3, 4 })
        {
            await Client.RaiseEvent("one", "Add", number);
        }

        await Client.RaiseEvent("one", "Open", 0);

        await Host.WhenIdle();
        var history = await Client.History("one");
        Assert.Equal(("started", 10), (history[0].Kind, history[0].Data!.Value.GetInt32()));
        Assert.DoesNotContain(history, e => e.Kind == "event-received");

        await Client.RaiseEvent("one", "Add", 0);
        Assert.Equal(10, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    [Fact]
    public async Task A_child_gives_its_result_to_the_parent_and_names_it()
    {
        var state = await Run(
            static (context, input) => context.CallOrchestration(Child, $"{context.InstanceId}-child", input),
            static catalog => catalog.Add(Child, static (context, input) => context.Call(Double, input)),
            input: 8);

        Assert.Equal(16, state.Output!.Value.GetInt32());
        var child = await Client.Get("one-child");
        Assert.Equal(("Child", OrchestrationStatus.Completed, "one"), (child!.Name, child.Status, child.ParentId));
    }

    [Fact]
    public async Task A_child_that_fails_fails_the_call()
    {
        var state = await Run(
            static (context, input) => context.CallOrchestration(Child, "child", input),
            static catalog => catalog.Add(Child, static Task<int> (_, _) => throw new FormatException("Not a number.")));

        Assert.Equal(new Failure("FormatException", "Not a number.", false), state.Failure);
    }

    [Fact]
    public async Task A_child_that_is_terminated_fails_the_call()
    {
        await Run(
            static (context, input) => context.CallOrchestration(Child, "child", input),
            static catalog => catalog.Add(Child, static async (context, _) => (await context.WaitForEvent<int>("Never")).Value));

        Assert.True(await Client.Terminate("child", "enough"));

        var state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Failed, "terminated"), (state.Status, state.Failure?.Code));
    }

    [Fact]
    public async Task A_suspended_instance_keeps_its_events_and_goes_on_when_resumed()
    {
        await Run(static async (context, _) => (await context.WaitForEvent<int>("Go")).Value + await context.Call(Double, 5));

        Assert.True(await Client.Suspend("one", "pause"));
        await Client.RaiseEvent("one", "Go", 1);
        Assert.Equal(OrchestrationStatus.Suspended, (await Host.Settled("one")).Status);

        Assert.True(await Client.Resume("one", "on"));
        await Host.WhenIdle();
        Assert.False(await Client.Resume("one", "again"));
        Assert.Equal(11, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.False(await Client.Suspend("one", "late"));
    }

    [Fact]
    public async Task A_terminated_instance_ends_with_the_reason()
    {
        await Run(static async (context, _) => (await context.WaitForEvent<int>("Go")).Value);

        Assert.True(await Client.Terminate("one", "not needed"));

        var state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Terminated, "not needed"), (state.Status, state.Failure!.Message));
        Assert.False(await Client.Terminate("one", "again"));
    }

    [Fact]
    public async Task The_history_tells_what_happened_in_order()
    {
        await Run(static async (context, input) =>
        {
            var doubled = await context.Call(Double, input);
            await context.Delay(context.Now.AddMinutes(1));
            return doubled;
        }, input: 2);
        await Host.Advance(TimeSpan.FromMinutes(1));

        var history = await Client.History("one");

        Assert.Equal(
            ["started", "activity-scheduled", "activity-completed", "timer-scheduled", "timer-fired", "completed"],
            history.Select(e => e.Kind));
        Assert.Equal(Enumerable.Range(0, 6), history.Select(e => e.Sequence));
        Assert.Equal(("Double", 4), (history[2].Name, history[2].Data!.Value.GetInt32()));
        Assert.Equal(TimeSpan.FromMinutes(1), history[4].Time - history[3].Time);
    }
}
