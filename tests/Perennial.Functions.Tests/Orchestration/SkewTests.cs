using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Tests.Support.HandMoved;
using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>Builds follow each other while instances live, and the newer one may have to give way.</summary>
public sealed class SkewTests : IAsyncLifetime
{
    private static readonly OrchestrationName<int, string> Former = new("Main");
    private static readonly OrchestrationName<int, string> Newer = new("Main", 2);
    private static readonly OrchestrationName<int, string> Parent = new("Parent");

    private HandMovedHost _host = null!;

    [Fact]
    public async Task Older_code_ends_what_newer_code_began_and_says_what_to_deploy()
    {
        await Begin(Newer);
        await _host.Redeploy(Of(Former));

        await _host.Client.RaiseEvent("one", "go", 1);

        var state = await _host.Settled("one");
        Assert.Equal((OrchestrationStatus.Failed, "orchestration-code-older", false), (state.Status, state.Failure?.Code, state.Failure?.Retryable));
        Assert.Contains("'one' began on version 2 of 'Main'", state.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains("has version 1. Deploy a package that has version 2", state.Failure.Message, StringComparison.Ordinal);
        Assert.True(await _host.Client.Purge("one"));
    }

    [Fact]
    public async Task Its_parent_learns_that_and_goes_on()
    {
        _host = await HandMovedHost.Open(Family(Newer), new HandMovedTime(new MovableClock(DateTimeOffset.UnixEpoch)));
        await _host.Client.Start(Parent, "parent", 0);
        await _host.WhenIdle();
        await _host.Redeploy(Family(Former));

        await _host.Client.RaiseEvent("one", "go", 1);

        Assert.Equal("orchestration-code-older", (await _host.Settled("parent")).Output?.GetString());
    }

    [Fact]
    public async Task Newer_code_goes_on_as_the_older_began_until_the_next_generation()
    {
        await Begin(Former);
        await _host.Redeploy(Of(Newer));
        Assert.Equal(1, (await _host.Settled("one")).Version);

        await _host.Client.RaiseEvent("one", "go", 0);
        Assert.Equal(2, (await _host.Settled("one")).Version);
        await _host.Client.RaiseEvent("one", "go", 1);

        Assert.Equal("the newer way", (await _host.Settled("one")).Output?.GetString());
    }

    [Fact]
    public async Task Newer_code_ends_as_the_older_began()
    {
        await Begin(Former);
        await _host.Redeploy(Of(Newer));

        await _host.Client.RaiseEvent("one", "go", 1);

        Assert.Equal("the former way", (await _host.Settled("one")).Output?.GetString());
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static OrchestrationCatalog Of(OrchestrationName<int, string> main) => new OrchestrationCatalog().Add(main, static async (context, input) =>
    {
        var go = await context.WaitForEvent<int>("go");
        if (go.Value == 0)
        {
            context.ContinueAsNew(input);
            return "";
        }
        return context.Version == 1 ? "the former way" : "the newer way";
    });

    private static OrchestrationCatalog Family(OrchestrationName<int, string> main) => Of(main).Add(Parent, async (context, input) =>
    {
        try
        {
            return await context.CallOrchestration(main, "one", input);
        }
        catch (ActivityFailedException failed)
        {
            return failed.Failure.Code;
        }
    });

    private async Task Begin(OrchestrationName<int, string> main)
    {
        _host = await HandMovedHost.Open(Of(main), new HandMovedTime(new MovableClock(DateTimeOffset.UnixEpoch)));
        await _host.Client.Start(main, "one", 0);
        await _host.WhenIdle();
    }
}
