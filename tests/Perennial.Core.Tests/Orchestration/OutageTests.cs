using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Rollout;
using Perennial.Local.Orchestration;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Orchestration;

/// <summary>What waits for years must outlive stores that are away for longer than a step is tried.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-outage-").FullName;
    private readonly MovableClock _clock = new(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private DurableEngine? _engine;
    private bool _away = true;
    private int _done;

    [Fact]
    public async Task A_rollout_that_could_not_begin_begins_later()
    {
        await Start(new OrchestrationCatalog()
            .Add(LifecycleNames.Rollout, RolloutOrchestration.Run)
            .Add(RolloutActivities.Begin, () => new Step<VersionKey, Nothing>(this, Nothing.Value))
            .Add(RolloutActivities.Judge, () => new Step<VersionKey, Judgement>(this, new Judgement(true, "Better."))));
        await _engine!.Start(LifecycleNames.Rollout, "r", new VersionKey("m", 2));
        await Outage();
        Assert.Equal(OrchestrationStatus.Running, (await _engine.Get("r"))!.Status);

        _away = false;
        await Advance(TimeSpan.FromDays(1));

        Assert.Equal(OrchestrationStatus.Completed, (await _engine.Get("r"))!.Status);
    }

    [Fact]
    public async Task A_monitor_that_could_not_tell_when_its_next_pass_is_due_watches_on()
    {
        await Start(new OrchestrationCatalog()
            .Add(LifecycleNames.MonitorSchedule, MonitorSchedule.Run)
            .Add(MonitorActivities.Next, () => new Step<string, DateTimeOffset>(this, _clock.GetUtcNow().AddDays(1)))
            .Add(MonitorActivities.Pass, () => new Step<PassRequest, Nothing>(this, Nothing.Value)));
        await _engine!.Start(LifecycleNames.MonitorSchedule, "m", "m");
        await Outage();
        Assert.Equal(OrchestrationStatus.Running, (await _engine.Get("m"))!.Status);

        _away = false;
        await Advance(TimeSpan.FromHours(1));
        var before = _done;
        await Advance(TimeSpan.FromDays(1.5));

        Assert.True(before > 0 && _done > before);
    }

    private async Task Start(OrchestrationCatalog catalog)
    {
        _engine = new DurableEngine(_folder, catalog, _clock, new EngineOptions { ReplayEveryTurn = true });
        await _engine.StartAsync();
    }

    private async Task Outage()
    {
        for (var minute = 0; minute < 4; minute++) await Advance(TimeSpan.FromMinutes(1));
    }

    private async Task Advance(TimeSpan duration)
    {
        await _engine!.WhenIdle();
        _clock.Advance(duration);
        await _engine.WhenIdle();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private sealed class Step<TInput, TOutput>(OutageTests test, TOutput output) : IActivity<TInput, TOutput>
    {
        public Task<TOutput> Run(TInput input, ActivityContext context, CancellationToken cancellationToken)
        {
            if (test._away) throw new IOException("The tables are away.");
            Interlocked.Increment(ref test._done);
            return Task.FromResult(output);
        }
    }
}
