using Microsoft.Extensions.Logging.Abstractions;
using Perennial.Api.Tests.Support;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Functions.Hosting;
using Perennial.Functions.Tests.Support.Stages;
using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>What ended before its time starts again by the sweep.</summary>
public sealed class ReviveTests : IAsyncLifetime
{
    private const string Approval = """ "approval": { "required": true, "deadline": "2d" } """;
    private readonly DurableStage _stage = new(new MovableClock(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)));

    [Fact]
    public async Task A_coordinator_that_was_ended_begins_again_with_what_is_wanted_and_so_does_a_monitor()
    {
        var whole = await WholeLifecycle.Begin(_stage, "\"data\": {}");
        await whole.Run("one");
        await whole.Watch();
        await _stage.WhenIdle();
        foreach (var id in new[] { LifecycleNames.CoordinatorId(Some.Model), LifecycleNames.MonitorId(Some.Model) }) Assert.True(await _stage.Client.Terminate(id, "by mistake"));
        await _stage.WhenIdle();
        Assert.Equal(1, (await whole.Run("two")).Sequence);

        await Sweep(whole);

        Assert.Equal(2, (await whole.Settled()).Sequence);
        Assert.Equal(OrchestrationStatus.Running, (await _stage.Client.Get(LifecycleNames.CoordinatorId(Some.Model)))!.Status);
        Assert.Equal(OrchestrationStatus.Running, (await _stage.Client.Get(LifecycleNames.MonitorId(Some.Model)))!.Status);
    }

    [Fact]
    public async Task A_coordinator_is_not_begun_again_while_a_run_of_it_goes_on()
    {
        var whole = await WholeLifecycle.Begin(_stage, Approval);
        var waiting = await whole.Run("one");
        Assert.True(await _stage.Client.Terminate(LifecycleNames.CoordinatorId(Some.Model), "by mistake"));
        await _stage.WhenIdle();

        await Sweep(whole);
        Assert.Equal(OrchestrationStatus.Terminated, (await _stage.Client.Get(LifecycleNames.CoordinatorId(Some.Model)))!.Status);
        Assert.Equal(RunStatus.AwaitingApproval, (await whole.Settled()).Status);
        Assert.True((await whole.Services.Runs.Decide(waiting.Id, approved: true, "bob", null)).Succeeded);
        Assert.Equal(RunStatus.Succeeded, (await whole.Settled()).Status);
        await Sweep(whole);

        Assert.Equal(OrchestrationStatus.Running, (await _stage.Client.Get(LifecycleNames.CoordinatorId(Some.Model)))!.Status);
        Assert.Single(await whole.Services.Runs.List(Some.Model));
    }

    [Fact]
    public async Task A_coordinator_that_was_forgotten_does_not_begin_again_for_who_asks_while_a_run_of_it_goes_on()
    {
        var whole = await WholeLifecycle.Begin(_stage, Approval);
        var waiting = await whole.Run("one");
        Assert.True(await _stage.Client.Terminate(LifecycleNames.CoordinatorId(Some.Model), "by mistake"));
        await _stage.WhenIdle();
        // As a collection forgets what ended.
        Assert.True(await _stage.Client.Purge(LifecycleNames.CoordinatorId(Some.Model)));

        Assert.Equal(RunStatus.AwaitingApproval, (await whole.Run("two")).Status);
        Assert.Null(await _stage.Client.Get(LifecycleNames.CoordinatorId(Some.Model)));
        Assert.True((await whole.Services.Runs.Decide(waiting.Id, approved: true, "bob", null)).Succeeded);
        Assert.Equal((1, RunStatus.Succeeded), await whole.Settled() is var first ? (first.Sequence, first.Status) : default);
        await Sweep(whole);

        Assert.Equal(2, (await whole.Settled()).Sequence);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _stage.DisposeAsync();

    private async Task Sweep(WholeLifecycle whole)
    {
        await new EternalInstances(whole.Services, _stage.Client, NullLogger.Instance).Revive(Some.Model, default);
        await whole.Watch();
        await _stage.WhenIdle();
    }
}
