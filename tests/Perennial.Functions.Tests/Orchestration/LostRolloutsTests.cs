using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Tests.Serving;
using Perennial.Functions.Hosting;
using Perennial.Functions.Tests.Support.Stages;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>The sweep finds rollouts that nobody decided and that do not go on.</summary>
public sealed class LostRolloutsTests : IAsyncLifetime
{
    private static readonly string Instance = LifecycleNames.RolloutId(LiveModel.Name, 2);
    private LiveModel _live = null!;
    private DurableStage _stage = null!;
    private RolloutService _rollouts = null!;
    private bool _broken;

    [Fact]
    public async Task One_that_failed_after_its_record_goes_on_from_it()
    {
        await Begin();
        await Breaks();

        await Sweep();

        Assert.Equal((OrchestrationStatus.Running, RolloutStatus.Shadow), await Now());
    }

    [Fact]
    public async Task One_that_was_forgotten_and_not_started_again_goes_on_from_its_record()
    {
        await Begin();
        await Breaks();
        Assert.True(await _stage.Client.Purge(Instance));

        await Sweep();

        Assert.Equal((OrchestrationStatus.Running, RolloutStatus.Shadow), await Now());
    }

    [Fact]
    public async Task One_whose_champion_was_replaced_meanwhile_goes_on_and_ends_by_itself()
    {
        await Begin();
        await Breaks();
        await _live.Add(speed => 0.5);
        Assert.True((await _live.Registry.Promote(LiveModel.Name, 3, "ann", "It is wanted.")).Succeeded);

        await Sweep();

        Assert.Equal((OrchestrationStatus.Completed, RolloutStatus.Superseded), await Now());
    }

    [Fact]
    public async Task One_that_failed_before_its_first_record_begins()
    {
        _broken = true;
        await Begin();
        Assert.Equal((OrchestrationStatus.Failed, null), await Now());

        await Sweep();

        Assert.Equal((OrchestrationStatus.Running, RolloutStatus.Shadow), await Now());
    }

    [Fact]
    public async Task One_without_a_record_that_was_forgotten_after_it_became_the_challenger_begins()
    {
        _broken = true;
        await Begin();
        Assert.True((await _live.Registry.StartChallenge(LiveModel.Name, 2, "It was about to begin again.")).Succeeded);
        Assert.True(await _stage.Client.Purge(Instance));

        await Sweep();

        Assert.Equal((OrchestrationStatus.Running, RolloutStatus.Shadow), await Now());
    }

    [Fact]
    public async Task One_that_the_champion_has_overtaken_stays_as_it_is()
    {
        _broken = true;
        await Begin();
        await _live.Add(speed => 0.5);
        Assert.True((await _live.Registry.Promote(LiveModel.Name, 3, "ann", "It is wanted.")).Succeeded);

        await Sweep();

        Assert.Equal((OrchestrationStatus.Failed, null), await Now());
    }

    [Fact]
    public async Task One_that_somebody_terminated_stays_so()
    {
        await Begin();
        Assert.True(await _stage.Client.Terminate(Instance, "not wanted"));
        await _stage.WhenIdle();

        await Sweep();

        Assert.Equal((OrchestrationStatus.Terminated, RolloutStatus.Shadow), await Now());
    }

    [Fact]
    public async Task What_is_forgotten_is_told_with_its_failure_once()
    {
        _broken = true;
        await Begin();
        var log = new Lines();

        await Sweep(log);
        await Sweep(log);

        var line = Assert.Single(log.Told);
        Assert.StartsWith("Warning", line, StringComparison.Ordinal);
        foreach (var said in new[] { Instance, "Failed", "too-old", "This package is too old." }) Assert.Contains(said, line, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _live = await LiveModel.Create("\"rollout\": { \"minRows\": 50 }");
        await _live.Add(speed => speed > 50 ? 0.6 : 0.4);
        await _live.Add(speed => speed > 50 ? 0.9 : 0.1);
        var journal = new RolloutJournal(_live.Tables, _live.Content);
        var services = new RolloutServices(
            journal, _live.Registry, _live.Specs, new PackageStore(_live.Content), _live.Traffic, _live.Content, _live.Clock);
        _stage = new DurableStage(_live.Clock);
        _stage.Catalog
            .Add(LifecycleNames.Rollout, (context, key) => _broken ? throw new ActivityFailureException(new Failure("too-old", "This package is too old.", Retryable: false)) : RolloutOrchestration.Run(context, key))
            .Add(RolloutActivities.Begin, () => new BeginRollout(services))
            .Add(RolloutActivities.Judge, () => new JudgeRollout(services));
        await _stage.Start();
        _rollouts = new RolloutService(journal, _live.Registry, _stage.Client);
    }

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    private async Task Begin()
    {
        Assert.True((await _rollouts.Start(LiveModel.Name, 2)).Succeeded);
        await _stage.WhenIdle();
    }

    private async Task Breaks()
    {
        _broken = true;
        await _stage.Client.RaiseEvent(Instance, LifecycleNames.EvidenceEvent, Nothing.Value);
        await _stage.WhenIdle();
        Assert.Equal((OrchestrationStatus.Failed, RolloutStatus.Shadow), await Now());
    }

    private async Task Sweep(ILogger? log = null)
    {
        _broken = false;
        await new LostRollouts(_live.Registry, _rollouts, _stage.Client, log ?? NullLogger.Instance).Revive(LiveModel.Name, default);
        await _stage.WhenIdle();
    }

    private async Task<(OrchestrationStatus?, RolloutStatus?)> Now() =>
        ((await _stage.Client.Get(Instance))?.Status, (await _rollouts.Get(LiveModel.Name, 2))?.Status);

    private sealed class Lines : ILogger
    {
        public List<string> Told { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Told.Add($"{logLevel} {formatter(state, exception)}");
    }
}
