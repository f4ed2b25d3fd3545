using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>What passes from one generation of an instance to the next, and what does not.</summary>
public sealed class GenerationTests : IAsyncLifetime
{
    private static readonly OrchestrationName<int, int> Main = new("Main");
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
    public async Task A_running_generation_keeps_its_version_and_the_next_takes_todays()
    {
        static OrchestrationCatalog At(int version) => new OrchestrationCatalog().Add(
            new OrchestrationName<int, int>("Main", version),
            static async (context, _) =>
            {
                context.SetStatus(context.Version);
                if (await context.WaitForEvent<bool>("Again") is { Value: true })
                {
                    context.ContinueAsNew(0);
                }

                return context.Version;
            });
        await Begin(At(1));
        await Client.Start(Main, "one", 0);
        await Client.Start(Main, "two", 0);

        await Host.Reopen(At(2));
        await Client.RaiseEvent("one", "Again", false);
        await Client.RaiseEvent("two", "Again", true);

        Assert.Equal(1, (await Host.Settled("one")).Output!.Value.GetInt32());
        var two = await Host.Settled("two");
        Assert.Equal((2, 2), (two.Version, two.CustomStatus!.Value.GetInt32()));
    }

    [Fact]
    public async Task Activities_of_an_ended_generation_do_not_reach_the_next()
    {
        var release = new TaskCompletionSource<int>();
        var catalog = new OrchestrationCatalog()
            .Add(new ActivityName<int, int>("Slow"), (_, _, _) => release.Task)
            .Add(Double, (int value) => release.TrySetResult(-1) ? 2 * value : 0)
            .Add(Main, static async (context, generation) =>
            {
                if (generation == 0)
                {
                    _ = context.Call(new ActivityName<int, int>("Slow"), 0);
                    await context.Delay(context.Now.AddSeconds(1));
                    context.ContinueAsNew(1);
                    return 0;
                }

                return await context.Call(Double, 21);
            });
        await Begin(catalog, new EngineOptions { MaxConcurrentActivities = 2 });
        await Client.Start(Main, "one", 0);
        await Client.Get("one");

        Host.Clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(42, (await Host.Settled("one")).Output!.Value.GetInt32());
    }

    private async Task Begin(OrchestrationCatalog catalog, EngineOptions? options = null) => _host = await EmbeddedHost.Open(catalog, options);
}
