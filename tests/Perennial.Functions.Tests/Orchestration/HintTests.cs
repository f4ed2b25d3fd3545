using Perennial.Contracts.Orchestration;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Rollout;
using Perennial.Functions.Tests.Support.Stages;
using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>
/// Hints that come while an eternal instance works are answered by a further look or two on either engine, however many they are: where each is a
/// generation, Durable Functions sends all that are left anew at each.
/// </summary>
public sealed class HintTests
{
    private const int Many = 100;
    private static readonly MovableClock Clock = new(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    // One who waits for what never comes must not hang the tests.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TaskCompletionSource _begun = new();
    private readonly TaskCompletionSource _mayEnd = new();
    private int _looks;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_coordinator_looks_once_more(bool durable) => Asked(
        durable,
        catalog => catalog.Add(LifecycleNames.ModelCoordinator, ModelCoordinator.Run)
            .Add(StageNames.TakePending, (_, _, _) => Look(new TakenRun(null, null))),
        stage => stage.Client.Start(LifecycleNames.ModelCoordinator, "one", "birds"),
        stage => stage.Client.RaiseEvent("one", LifecycleNames.TriggerEvent, "birds"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_coordinator_looks_once_more_after_a_run(bool durable) => Asked(
        durable,
        catalog => catalog.Add(LifecycleNames.ModelCoordinator, ModelCoordinator.Run)
            .Add(StageNames.TakePending, _ => Interlocked.Increment(ref _looks) == 1 ? new TakenRun(new RunKey("birds", 1), "run-birds-1") : new TakenRun(null, null))
            .Add(LifecycleNames.TrainingPipeline, static (context, run) => context.Call(StageNames.Report, run))
            .Add(StageNames.Report, (_, _, _) => Hold(Nothing.Value)),
        stage => stage.Client.Start(LifecycleNames.ModelCoordinator, "one", "birds"),
        stage => stage.Client.RaiseEvent("one", LifecycleNames.TriggerEvent, "birds"));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task A_rollout_is_judged_once_more(bool durable) => Asked(
        durable,
        catalog => catalog.Add(LifecycleNames.Rollout, RolloutOrchestration.Run)
            .Add(RolloutActivities.Begin, static _ => Nothing.Value)
            .Add(RolloutActivities.Judge, (_, _, _) => Look(new Judgement(false, "Undecided."))),
        stage => stage.Client.Start(LifecycleNames.Rollout, "one", new VersionKey("birds", 2)),
        stage => stage.Client.RaiseEvent("one", LifecycleNames.EvidenceEvent, Nothing.Value));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public Task Who_asks_for_a_monitor_pass_while_one_is_made_gets_one_more(bool durable) => Asked(
        durable,
        catalog =>
        {
            // The first is overdue; what follows must be asked for.
            var due = Clock.GetUtcNow();
            catalog.Add(LifecycleNames.MonitorSchedule, MonitorSchedule.Run)
                .Add(MonitorActivities.Next, _ => Volatile.Read(ref _looks) == 0 ? due : due.AddYears(1))
                .Add(MonitorActivities.Pass, (_, _, _) => Look(Nothing.Value));
        },
        stage => stage.Client.Start(LifecycleNames.MonitorSchedule, "one", "birds"),
        stage => stage.Client.RaiseEvent("one", LifecycleNames.MonitorNowEvent, Nothing.Value));

    private async Task Asked(bool durable, Action<OrchestrationCatalog> fill, Func<Stage, Task> start, Func<Stage, Task> hint)
    {
        await using Stage stage = durable ? new DurableStage(Clock) : new EmbeddedStage(Clock);
        fill(stage.Catalog);
        await stage.Start();
        await start(stage);
        await _begun.Task.WaitAsync(Patience);
        for (var i = 0; i < Many; i++) await hint(stage);
        _mayEnd.SetResult();
        await stage.WhenIdle();
        // Durable Functions may hand over the last of them after the rest.
        Assert.InRange(_looks, 2, 4);

        // None is left over, and the next is heeded.
        var before = _looks;
        await hint(stage);
        await stage.WhenIdle();
        Assert.Equal(before + 1, _looks);
    }

    private Task<T> Look<T>(T seen)
    {
        Interlocked.Increment(ref _looks);
        return Hold(seen);
    }

    // The first takes until all hints have come.
    private async Task<T> Hold<T>(T result)
    {
        _begun.TrySetResult();
        await _mayEnd.Task;
        return result;
    }
}
