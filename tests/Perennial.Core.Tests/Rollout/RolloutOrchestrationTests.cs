using System.Runtime.CompilerServices;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Tests.Orchestration;
using Perennial.Core.Tests.Registry;
using Perennial.Core.Tests.Serving;
using Perennial.Local.Orchestration;

namespace Perennial.Core.Tests.Rollout;

public sealed class RolloutOrchestrationTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-rollout-").FullName;
    private DurableEngine? _engine;

    [Fact]
    public async Task A_rollout_waits_for_evidence_and_ends_once_it_is_decided()
    {
        var (live, services) = await Host(new OrchestrationCatalog());
        Assert.Equal(OrchestrationStatus.Running, await Status());

        await live.Predict([.. Enumerable.Range(0, 100).Select(i => ($"{i}", (double)i))]);
        await live.Label([.. Enumerable.Range(0, 100).Select(i => ($"{i}", i > 50))]);
        live.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(OrchestrationStatus.Completed, await Status());
        Assert.Equal(RolloutStatus.Promoted, (await services.Journal.Find(LiveModel.Name, 2, default))!.State.Record.Status);
    }

    [Fact]
    public async Task A_hint_that_evidence_has_come_is_looked_at_at_once()
    {
        var (live, _) = await Host(new OrchestrationCatalog());
        await live.Predict([.. Enumerable.Range(0, 100).Select(i => ($"{i}", (double)i))]);
        await live.Label([.. Enumerable.Range(0, 100).Select(i => ($"{i}", i > 50))]);

        await _engine!.RaiseEvent(LifecycleNames.RolloutId(LiveModel.Name, 2), LifecycleNames.EvidenceEvent, Nothing.Value);

        Assert.Equal(OrchestrationStatus.Completed, await Status());
    }

    [Fact]
    public async Task A_rollout_of_a_version_that_is_not_there_fails()
    {
        await Host(new OrchestrationCatalog());

        await _engine!.Start(LifecycleNames.Rollout, LifecycleNames.RolloutId(LiveModel.Name, 9), new VersionKey(LiveModel.Name, 9));

        await _engine.WhenIdle();
        Assert.Equal(OrchestrationStatus.Failed, (await _engine.Get(LifecycleNames.RolloutId(LiveModel.Name, 9)))!.Status);
    }

    [Fact]
    public async Task A_rollout_that_failed_before_its_first_record_can_be_started_again()
    {
        var (live, services) = await Host(new OrchestrationCatalog());
        var id = LifecycleNames.RolloutId(LiveModel.Name, 3);
        await _engine!.Start(LifecycleNames.Rollout, id, new VersionKey(LiveModel.Name, 3));
        await _engine.WhenIdle();
        Assert.Equal(OrchestrationStatus.Failed, (await _engine.Get(id))!.Status);
        await live.Add(speed => speed > 50 ? 0.8 : 0.2);

        Assert.True((await new RolloutService(services.Journal, live.Registry, _engine).Start(LiveModel.Name, 3)).Succeeded);

        await _engine.WhenIdle();
        Assert.Equal(OrchestrationStatus.Running, (await _engine.Get(id))!.Status);
        Assert.Equal(RolloutStatus.Shadow, (await services.Journal.Find(LiveModel.Name, 3, default))!.State.Record.Status);
    }

    [Fact]
    public async Task A_judgement_that_fails_is_made_again_later()
    {
        var content = new BrokenContent();
        var (live, _) = await Host(new OrchestrationCatalog(), content);
        await live.Predict([.. Enumerable.Range(0, 100).Select(i => ($"{i}", (double)i))]);
        await live.Label([.. Enumerable.Range(0, 100).Select(i => ($"{i}", i > 50))]);

        content.IsBroken = true;
        for (var minute = 0; minute < 5; minute++)
        {
            live.Clock.Advance(minute == 0 ? TimeSpan.FromDays(1) : TimeSpan.FromMinutes(1));
            await _engine!.WhenIdle();
        }
        Assert.Equal(OrchestrationStatus.Running, await Status());
        Assert.True(content.Refused >= 5);
        content.IsBroken = false;
        live.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(OrchestrationStatus.Completed, await Status());
        Assert.Equal(2, (await live.Registry.FindAlias(LiveModel.Name, "champion"))!.Version);
    }

    [Fact]
    public async Task A_rollout_that_cannot_begin_for_a_minute_begins_later()
    {
        var (live, services) = await Host(new OrchestrationCatalog(), tables: inner =>
        {
            var faulty = new FaultyTableStore(inner);
            faulty.Next([.. Enumerable.Repeat(WriteFault.Lost, 5)]);
            return faulty;
        });
        for (var minute = 0; minute < 5; minute++)
        {
            live.Clock.Advance(TimeSpan.FromMinutes(1));
            await _engine!.WhenIdle();
        }
        Assert.Equal(OrchestrationStatus.Running, await Status());
        Assert.Null(await services.Journal.Find(LiveModel.Name, 2, default));

        live.Clock.Advance(TimeSpan.FromDays(1));

        Assert.Equal(OrchestrationStatus.Running, await Status());
        Assert.Equal(RolloutStatus.Shadow, (await services.Journal.Find(LiveModel.Name, 2, default))!.State.Record.Status);
    }

    private async Task<(LiveModel, RolloutServices)> Host(OrchestrationCatalog catalog, BrokenContent? content = null, Func<ITableStore, ITableStore>? tables = null, [CallerMemberName] string test = "")
    {
        var live = await LiveModel.Create("\"rollout\": { \"minRows\": 50 }");
        await live.Add(speed => speed > 50 ? 0.6 : 0.4);
        await live.Add(speed => speed > 50 ? 0.9 : 0.1);
        IContentStore store = live.Content;
        if (content is not null)
        {
            content.Inner = live.Content;
            store = content;
        }
        var services = new RolloutServices(
            new RolloutJournal(tables?.Invoke(live.Tables) ?? live.Tables, store), live.Registry, live.Specs, new PackageStore(live.Content), live.Traffic, store, live.Clock);
        _engine = new DurableEngine(_folder, catalog.AddRollout(services), live.Clock, new EngineOptions { GenerationEnded = HistoryRecorder.For(test, LifecycleNames.Rollout.Value) });
        await _engine.StartAsync();
        await new RolloutService(services.Journal, live.Registry, _engine).Start(LiveModel.Name, 2);
        await _engine.WhenIdle();
        return (live, services);
    }

    private async Task<OrchestrationStatus> Status()
    {
        await _engine!.WhenIdle();
        return (await _engine.Get(LifecycleNames.RolloutId(LiveModel.Name, 2)))!.Status;
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
