using System.Globalization;
using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>An instance whose code does not match its history stands still, guesses nothing, loses nothing, and a fixed build goes on.</summary>
public sealed class FaultedInstanceTests : EmbeddedTests
{
    private static readonly ActivityName<int, int> Note = new("Note");
    private readonly List<int> _noted = [];

    [Fact]
    public async Task The_report_names_instance_event_expectation_and_what_the_code_did()
    {
        var right = Noting(static async (context, input) =>
        {
            for (var i = 0; i < 5; i++)
            {
                await context.Call(i == 3 ? Double : Note, i);
            }

            return (await context.WaitForEvent<int>("Go")).Value;
        });
        await Begin(right);
        await Client.Start(Main, "one", 0);
        await Host.WhenIdle();
        var expected = (await Client.History("one")).Single(e => e is { Kind: "activity-scheduled", Name: "Double" });

        await Host.Reopen(Noting(static async (context, input) =>
        {
            for (var i = 0; i < 5; i++)
            {
                await context.Call(Note, i);
            }

            return (await context.WaitForEvent<int>("Go")).Value;
        }));

        var state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Faulted, "orchestration-not-deterministic", false), (state.Status, state.Failure!.Code, state.Failure.Retryable));
        Assert.Equal(
            string.Create(CultureInfo.InvariantCulture, $"Instance 'one': at event {expected.Sequence} its history has activity-scheduled 'Double', but today's code of 'Main' gives activity-scheduled 'Note'. The instance is stopped as it stood; a build whose code matches the history continues it."),
            state.Failure.Message);
    }

    [Fact]
    public async Task It_runs_nothing_while_it_stands_and_a_fixed_build_takes_all_that_came_meanwhile()
    {
        var right = Noting(static async (context, input) =>
        {
            var retried = context.Call(new ActivityName<int, int>("Flaky"), 7, new RetryPolicy(2, TimeSpan.FromHours(1)));
            await context.Delay(context.Now.AddHours(1));
            await context.Call(Note, 1);
            return (await context.WaitForEvent<int>("Go")).Value + await retried;
        });
        await Begin(right);
        await Client.Start(Main, "one", 0);
        await Host.WhenIdle();
        var before = await Client.History("one");

        await Host.Reopen(Noting(static async (context, input) =>
        {
            await context.Call(Note, 99);
            await context.Delay(context.Now.AddMinutes(1));
            return await context.Call(Note, 100);
        }));
        await Host.Advance(TimeSpan.FromHours(2));
        await Client.RaiseEvent("one", "Go", 30);
        await Host.WhenIdle();

        Assert.Equal(OrchestrationStatus.Faulted, (await Client.Get("one"))!.Status);
        Assert.Equal(before.Select(e => e.Kind), (await Client.History("one")).Select(e => e.Kind));
        Assert.Equal([-1], _noted);

        await Kill(right);
        Assert.Equal(37, (await Host.Settled("one")).Output?.GetInt32());
        Assert.Equal([-1, 1, 7], _noted.Order());
        Assert.Single(await Client.History("one"), e => e.Kind == "timer-fired");
    }

    [Fact]
    public async Task A_childs_answer_waits_for_the_parent_to_be_fixed()
    {
        static async Task<int> Wait(IOrchestrationContext context, int input) => input + (await context.WaitForEvent<int>("Go")).Value;
        var right = Noting(static (context, input) => context.CallOrchestration(Child, "child", input)).Add(Child, Wait);
        await Begin(right);
        await Client.Start(Main, "one", 5);
        await Host.WhenIdle();

        await Host.Reopen(Noting(static (context, input) => context.CallOrchestration(Child, "other", input)).Add(Child, Wait));
        Assert.Contains("'Child' as 'child', but today's code of 'Main' gives orchestration-scheduled 'Child' as 'other'", (await Host.Settled("one")).Failure!.Message, StringComparison.Ordinal);
        await Client.RaiseEvent("child", "Go", 37);
        Assert.Equal(OrchestrationStatus.Completed, (await Host.Settled("child")).Status);
        Assert.Null(await Client.Get("other"));
        Assert.Equal(OrchestrationStatus.Faulted, (await Host.Settled("one")).Status);

        await Kill(right);
        Assert.Equal(42, (await Host.Settled("one")).Output?.GetInt32());
    }

    private OrchestrationCatalog Noting(Func<IOrchestrationContext, int, Task<int>> main) => Catalog(main)
        .Add(Note, (int number) => Add(number))
        .Add(new ActivityName<int, int>("Flaky"), (number, context, _) => context.Attempt == 1 ? throw new IOException($"{Add(-1)}") : Task.FromResult(Add(number)));

    private int Add(int number)
    {
        lock (_noted)
        {
            _noted.Add(number);
        }

        return number;
    }
}
