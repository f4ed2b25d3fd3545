using Microsoft.DurableTask.Client;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Orchestration;
using Perennial.Functions.Tests.Support.HandMoved;
using Perennial.Local.Orchestration;
using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Support.Stages;

/// <summary>An engine for a story, with a clock that is moved by hand: its client is there before it starts, so that services can be put together.</summary>
internal abstract class Stage(MovableClock clock) : IAsyncDisposable
{
    public OrchestrationCatalog Catalog { get; } = new();

    public MovableClock Clock => clock;

    public abstract IOrchestrationClient Client { get; }

    /// <summary>Starts on what the catalog has by now.</summary>
    public abstract Task Start();

    public abstract Task WhenIdle();

    public abstract Task Advance(TimeSpan duration);

    /// <summary>
    /// What an instance's present generation called and received, in order: what histories tell alike on every engine. The attempts of one call
    /// are one: to Durable Functions each is a call.
    /// </summary>
    public async Task<string> Calls(string instanceId)
    {
        var names = (await Client.History(instanceId))
            .Where(happened => happened.Kind is "activity-scheduled" or "orchestration-scheduled" or "event-received").Select(happened => happened.Name).ToArray();
        return string.Join(' ', names.Where((name, i) => i == 0 || name != names[i - 1]));
    }

    public abstract ValueTask DisposeAsync();
}

/// <summary>The embedded engine.</summary>
internal sealed class EmbeddedStage : Stage
{
    // Nothing that comes to rest takes as long; what does not must not hang the tests.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-stage-").FullName;
    private readonly DurableEngine _engine;

    public EmbeddedStage(MovableClock clock)
        : base(clock) => _engine = new DurableEngine(_folder, Catalog, clock);

    public override IOrchestrationClient Client => _engine;

    public override Task Start() => _engine.StartAsync();

    public override Task WhenIdle() => _engine.WhenIdle().WaitAsync(Patience, TimeProvider.System);

    public override Task Advance(TimeSpan duration)
    {
        Clock.Advance(duration);
        return WhenIdle();
    }

    public override async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>Durable Functions.</summary>
internal sealed class DurableStage : Stage
{
    private HandMovedHost? _host;

    public DurableStage(MovableClock clock)
        : base(clock) => Client = new DurableOrchestrationClient(() => _host!.Durable);

    public override IOrchestrationClient Client { get; }

    public override async Task Start() => _host = await HandMovedHost.Open(Catalog, new HandMovedTime(Clock));

    public override Task WhenIdle() => _host!.WhenIdle();

    public override Task Advance(TimeSpan duration) => _host!.Advance(duration);

    /// <summary>Durable Functions' own client.</summary>
    public DurableTaskClient Durable => _host!.Durable;

    public override ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;
}
