using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>What is too much for one instance stops that instance, or is refused, and nothing else stands still.</summary>
public sealed class LimitTests : EmbeddedTests
{
    private const int TooMany = 2_700;
    private static readonly string Text = new('x', 16_000);
    private static readonly ActivityName<string, int> Measure = new("Measure");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_turn_that_makes_the_history_too_long_stops_its_instance_and_a_fixed_build_continues_it(bool waits)
    {
        await Begin(Fanning(TooMany, waits));
        await Client.Start(Main, "one", 1);
        await CheckTooLong();

        await Kill(Fanning(TooMany, waits));
        await CheckTooLong();
        await Client.Start(Main, "two", 2);
        Assert.Equal("orchestration-history-too-long", (await Host.Settled("two")).Failure!.Code);
        Assert.True(await Client.Terminate("two", "enough"));

        await Host.Reopen(Fanning(10, waits));
        Assert.Equal(waits ? 160_002 : 2, (await Host.Settled("one")).Output!.Value.GetInt32());
        Assert.Equal(OrchestrationStatus.Terminated, (await Host.Settled("two")).Status);
    }

    [Fact]
    public async Task Answers_that_make_the_history_too_long_stop_their_instance()
    {
        var echo = new ActivityName<string, string>("Echo");
        // Its inputs alone are not too much.
        await Begin(Catalog(async (context, input) => (await Task.WhenAll(Enumerable.Range(0, TooMany / 2 + 100).Select(_ => context.Call(echo, Text)))).Length + input)
            .Add(echo, static (string value) => value));
        await Client.Start(Main, "one", 1);

        Assert.Equal("orchestration-history-too-long", (await Host.Settled("one")).Failure!.Code);
        Assert.Null(Host.Engine.BrokenBy);
    }

    [Fact]
    public async Task Events_are_refused_where_too_many_wait_and_taken_again_once_the_instance_has_gone_on()
    {
        var catalog = Catalog(static async (context, input) =>
        {
            context.SetStatus(input);
            for (var i = 0; i < 100; i++)
            {
                input += (await context.WaitForEvent<string>("Go")).Value!.Length;
                context.SetStatus(input);
            }

            context.ContinueAsNew(input);
            return 0;
        });
        await Begin(catalog);
        await Client.Start(Main, "one", 0);
        await Client.Suspend("one", "pause");
        var taken = 0;
        var refusal = await Assert.ThrowsAsync<InboxFullException>(async () =>
        {
            for (; taken < TooMany; taken++)
            {
                await Client.RaiseEvent("one", "Go", Text);
            }
        });
        Assert.Contains("instance 'one', which is Suspended", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(taken, 500, 600);

        await Kill(catalog);
        await Assert.ThrowsAsync<InboxFullException>(() => Client.RaiseEvent("one", "Go", Text));
        await Client.RaiseEvent("nobody", "Go", Text);
        await Client.Resume("one", "on");
        await Host.WhenIdle();
        await Client.RaiseEvent("one", "Go", Text);
        Assert.Equal((taken + 1) * Text.Length, (await Host.Settled("one")).CustomStatus!.Value.GetInt32());
    }

    [Fact]
    public async Task What_waits_for_an_instance_counts_as_what_it_takes_of_the_memory()
    {
        await Begin(Catalog(static async (context, _) => (await context.WaitForEvent<string>("Go")).Value!.Length), new EngineOptions { MaxLoadedBytes = 100_000 });
        await Client.Start(Main, "one", 0);
        await Client.Suspend("one", "pause");
        for (var i = 0; i < 10; i++)
        {
            await Client.RaiseEvent("one", "Go", Text);
        }

        await Host.WhenIdle();
        Assert.Equal(0, Host.Engine.LoadedInstances);
        await Client.Resume("one", "on");
        Assert.Equal(Text.Length, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    private async Task CheckTooLong()
    {
        var state = await Host.Settled("one");
        Assert.Equal((OrchestrationStatus.Faulted, "orchestration-history-too-long"), (state.Status, state.Failure!.Code));
        Assert.Null(Host.Engine.BrokenBy);
        Assert.DoesNotContain(await Client.History("one"), e => e is { Kind: "activity-scheduled", Name: "Measure" });
    }

    private static OrchestrationCatalog Fanning(int calls, bool waits) => Catalog(async (context, input) =>
    {
        var doubled = await context.Call(Double, input);
        var lengths = Task.WhenAll(Enumerable.Range(0, calls).Select(_ => context.Call(Measure, Text)));
        return waits ? (await lengths).Sum() + doubled : doubled;
    }).Add(Measure, static (string text) => text.Length);
}
