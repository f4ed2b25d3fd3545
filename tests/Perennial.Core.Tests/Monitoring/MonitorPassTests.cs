using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Perennial.Core.Data;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Orchestration;
using Perennial.Core.Tests.Serving;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Local.Orchestration;

namespace Perennial.Core.Tests.Monitoring;

public sealed class MonitorPassTests
{
    private const string Model = LiveModel.Name;
    private static readonly Func<double, double> Score = speed => speed / 100;

    private readonly RecordingRetrainings _retrainings = new();
    private readonly RecordingNotifier _notifier = new();
    private readonly BrokenContent _content = new();
    private LiveModel _live = null!;
    private MonitorServices _services = null!;
    private int _rows;

    [Fact]
    public async Task A_window_like_the_baseline_opens_nothing_and_asks_for_nothing()
    {
        await Begin();
        await Traffic(300);

        var pass = await Pass("1");

        Assert.Equal((1, 300, 300, true), (pass.Pass, pass.Rows, pass.LabelledRows, pass.Judged));
        Assert.Equal(["speed", "(prediction)"], pass.Drift.Select(d => d.Feature));
        Assert.DoesNotContain(pass.Drift, d => d.Drifted);
        Assert.False(pass.Performance!.Dropped);
        Assert.Empty(await Alerts());
        Assert.Empty(_retrainings.Requested);
        Assert.StartsWith("Nothing to do:", pass.Retraining, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alert_opens_once_stays_open_and_closes_when_the_condition_no_longer_holds()
    {
        await Begin();
        await Traffic(300, from: 70);
        Assert.Equal(["strikes-drift-1"], (await Pass("1")).Alerts);
        Assert.Empty((await Pass("2")).Alerts);
        Assert.Equal([RunTriggerKind.Drift], _retrainings.Requested.Select(r => r.Kind).Distinct());

        _live.Clock.Advance(TimeSpan.FromDays(31));
        await Traffic(300);
        await Pass("3");

        var alert = Assert.Single(await Alerts());
        Assert.Equal(("strikes-1", "The condition no longer holds."), (alert.OpenedBy, alert.ClosedBecause));
        Assert.Equal(["alert-opened", "alert-closed"], _notifier.Notices.Select(n => n.Kind));
    }

    [Fact]
    public async Task An_alert_closes_when_another_version_answers()
    {
        await Begin();
        await Traffic(300, from: 70);
        await Pass("1");
        await _live.Add(Score, Baseline(from: 70));
        await _live.Registry.Promote(Model, 2, "ann", "By hand.");

        await Pass("2");

        Assert.Equal("Version 2 answers now.", Assert.Single(await Alerts()).ClosedBecause);
    }

    [Fact]
    public async Task Too_few_rows_are_not_judged_and_close_nothing()
    {
        await Begin();
        await Traffic(300, from: 70);
        await Pass("1");
        _live.Clock.Advance(TimeSpan.FromDays(31));
        await Traffic(199);

        var pass = await Pass("2");

        Assert.Equal((199, false), (pass.Rows, pass.Judged));
        Assert.Null(Assert.Single(await Alerts()).ClosedAt);
    }

    [Fact]
    public async Task Quiet_features_and_the_time_column_open_no_alert()
    {
        await Begin("\"quiet\": [\"speed\", \"(prediction)\"]");
        await Traffic(300, from: 70);

        var pass = await Pass("1");

        Assert.True(pass.Drift[0].Drifted);
        Assert.DoesNotContain(pass.Drift, d => d.Feature == "day");
        Assert.Empty(await Alerts());
    }

    [Fact]
    public async Task Performance_that_drops_opens_an_alert_that_asks_for_a_run()
    {
        await Begin();
        await Traffic(300, flipped: true);

        var pass = await Pass("1");

        Assert.True(pass.Performance!.Dropped);
        Assert.Equal(AlertKind.Performance, Assert.Single(await Alerts()).Kind);
        Assert.Equal(RunTriggerKind.Performance, Assert.Single(_retrainings.Requested).Kind);
        Assert.StartsWith("Retraining: brier of version 1 is", pass.Retraining, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Performance_is_measured_on_rows_that_the_version_itself_scored()
    {
        await Begin();
        await _live.Add(speed => 1 - speed / 100, Baseline());
        await Traffic(150);
        await _live.Registry.StartChallenge(Model, 2, "test");
        await Traffic(110);
        await _live.Registry.Promote(Model, 2, "ann", "By hand.");
        await Traffic(100);

        var pass = await Pass("1");

        Assert.Equal((360, 210), (pass.Rows, pass.Performance!.Rows));
        Assert.True(pass.Performance.Value > 0.3);
    }

    [Fact]
    public async Task A_pass_that_is_run_again_is_one_pass()
    {
        await Begin();
        await Traffic(300, from: 70);

        await Pass("same");
        await Pass("same");

        Assert.Single(await _services.Journal.Reports(Model, 10, default));
        Assert.Single(_notifier.Notices);
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_by_the_next_attempt_under_the_same_id()
    {
        await Begin();
        await Traffic(300, from: 70);
        _notifier.IsOutOfReach = true;
        await Assert.ThrowsAsync<IOException>(() => Pass("1"));
        await Assert.ThrowsAsync<IOException>(() => Pass("2"));
        Assert.Empty(_retrainings.Requested);

        _notifier.IsOutOfReach = false;
        await Pass("1");

        Assert.Equal("alert-opened-strikes-drift-1", Assert.Single(_notifier.Notices).Id);
        Assert.Single(_retrainings.Requested);
        Assert.Single(await _services.Journal.Reports(Model, 10, default));
    }

    [Fact]
    public async Task Without_a_champion_a_pass_says_so()
    {
        await Begin(versions: 0);

        Assert.Equal("Nothing to do: the model has no champion yet.", (await Pass("1")).Retraining);
    }

    [Fact]
    public async Task Passes_come_on_their_grid_missed_ones_are_one_and_a_person_may_ask_for_one()
    {
        await using var host = await Schedule();
        async Task<int> Passes() => (await host.Service.Reports(Model, 100)).Count;
        Assert.Equal(0, await Passes());

        await host.Advance(TimeSpan.FromDays(1));
        Assert.Equal(1, await Passes());
        await host.Advance(TimeSpan.FromDays(9.5));
        Assert.Equal(2, await Passes());
        Assert.Equal(LiveModel.Start.AddDays(11), await host.Service.NextPassAt(Model));
        await host.Service.RunNow(Model);
        await host.Advance(TimeSpan.Zero);
        Assert.Equal(3, await Passes());
        Assert.Equal(LiveModel.Start.AddDays(11), await host.Service.NextPassAt(Model));
        Assert.Equal("strikes-3", (await host.Service.Report(Model, "strikes-3"))!.Id);
        Assert.Null(await host.Service.Report(Model, "strikes-4"));
    }

    [Fact]
    public async Task A_pass_that_fails_does_not_end_the_watch()
    {
        await using var host = await Schedule();
        _content.IsBroken = true;
        await host.Advance(TimeSpan.FromDays(1));
        for (var minute = 0; minute < 5; minute++) await host.Advance(TimeSpan.FromMinutes(1));
        Assert.True(_content.Refused >= 5);

        _content.IsBroken = false;
        await host.Advance(TimeSpan.FromHours(2));

        Assert.Single(await host.Service.Reports(Model, 100));
    }

    private async Task Begin(string monitor = "\"minRows\": 200", int versions = 1)
    {
        _live = await LiveModel.Create($$"""
            "data": { "time": "day" },
            "monitor": { "window": "30d", "metric": "brier", {{monitor}} },
            "retrain": { "coolDown": "1d" }
            """);
        for (var i = 0; i < versions; i++) await _live.Add(Score, Baseline());
        _content.Inner = _live.Content;
        _services = new MonitorServices(
            new MonitorJournal(_live.Tables, _content), _live.Registry, _live.Specs, new PackageStore(_live.Content), _live.Traffic, _retrainings, _notifier, _content, _live.Clock);
    }

    private static Baseline Baseline(int from = 0)
    {
        var speeds = Enumerable.Range(0, 2000).Select(i => (double)Speed(i, from)).ToArray();
        return LiveModel.NoBaseline with
        {
            Rows = speeds.Length,
            Columns =
            [
                Profiles.Of(new NumericColumn("speed", speeds)),
                Profiles.Of(new TimestampColumn("day", [.. Enumerable.Range(0, 2000).Select(i => LiveModel.Start.AddDays(-i).UtcTicks)])),
            ],
            Prediction = Profiles.Of(new NumericColumn("(prediction)", [.. speeds.Select(Score)])),
            Metrics = new Dictionary<string, double> { ["brier"] = 1.0 / 6 },
        };
    }

    private static int Speed(int i, int from) => from + (int)(new Xoshiro256((ulong)i).NextUInt64() % (ulong)(101 - from));

    /// <summary>Rows whose label is true as often as the score says, or false as often.</summary>
    private async Task Traffic(int rows, int from = 0, bool flipped = false)
    {
        var batch = Enumerable.Range(10_000 + _rows, rows).Select(i => (Id: i.ToString(CultureInfo.InvariantCulture), Speed: Speed(i, from), Dice: new Xoshiro256((ulong)(i + 1_000_000)).NextUInt64() % 100)).ToArray();
        _rows += rows;
        var sent = batch.Select(r => JsonSerializer.SerializeToElement(new { speed = r.Speed, species = "gull" })).ToArray();
        Assert.True((await _live.Predictions.Predict(Model, new PredictRequest(sent, [.. batch.Select(r => r.Id)]))).Succeeded);
        await _live.Label([.. batch.Select(r => (r.Id, r.Dice < (ulong)r.Speed != flipped))]);
        _live.Clock.Advance(TimeSpan.FromTicks(1));
    }

    private async Task<MonitorReport> Pass(string key)
    {
        await new MonitorPass(_services).Run(new PassRequest(Model, key), new ActivityContext("test", 1), default);
        return (await _services.Journal.Reports(Model, 1, default))[0];
    }

    private Task<IReadOnlyList<Alert>> Alerts() => _services.Journal.Alerts(Model, default);

    private async Task<ScheduleHost> Schedule([CallerMemberName] string test = "")
    {
        await Begin("\"every\": \"1d\"");
        var folder = Directory.CreateTempSubdirectory("perennial-monitor-").FullName;
        var engine = new DurableEngine(folder, new OrchestrationCatalog().AddMonitoring(_services), _live.Clock, new EngineOptions { GenerationEnded = HistoryRecorder.For(test, LifecycleNames.MonitorSchedule.Value) });
        await engine.StartAsync();
        var service = new MonitorService(_services.Journal, _live.Registry, _live.Specs, engine);
        await service.Ensure(Model);
        await service.Ensure(Model);
        await engine.WhenIdle();
        return new ScheduleHost(folder, engine, service, _live);
    }

    private sealed record ScheduleHost(string Folder, DurableEngine Engine, MonitorService Service, LiveModel Live) : IAsyncDisposable
    {
        public async Task Advance(TimeSpan duration)
        {
            Live.Clock.Advance(duration);
            await Engine.WhenIdle();
        }

        public async ValueTask DisposeAsync()
        {
            await Engine.DisposeAsync();
            Directory.Delete(Folder, recursive: true);
        }
    }
}
