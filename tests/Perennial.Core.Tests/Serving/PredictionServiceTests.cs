using Perennial.Core.Outcomes;
using Perennial.Core.Serving;
using Perennial.Learning;
using Perennial.Learning.Models;

namespace Perennial.Core.Tests.Serving;

public sealed class PredictionServiceTests
{
    [Fact]
    public async Task Without_a_champion_the_problem_says_what_to_do()
    {
        var live = await LiveModel.Create();

        var problem = (await live.Predictions.Predict(LiveModel.Name, new PredictRequest([LiveModel.Row(1)]))).Problem!;

        Assert.Equal((ProblemKind.Conflict, "no-champion"), (problem.Kind, problem.Code));
        Assert.Equal(ProblemKind.NotFound, (await live.Predictions.Predict("unheard", new PredictRequest([LiveModel.Row(1)]))).Problem!.Kind);
    }

    [Fact]
    public async Task The_champion_answers_and_the_challenger_only_shadows()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        var challenger = await live.Add(speed => 1 - speed / 100);
        await live.Registry.StartChallenge(LiveModel.Name, challenger.Version, "test");

        var answer = await live.Predict(("a", 20), ("b", 90));

        Assert.Equal(1, answer.Version);
        Assert.Equal([("a", "false", 0.2), ("b", "true", 0.9)], answer.Predictions.Select(p => (p.Id, p.Label!, p.Score!.Value)));
        var logged = await live.AllTraffic();
        Assert.Equal([0.2, 0.9], logged.Select(l => l.ScoresOf(1)![0]));
        Assert.Equal([0.8, 0.1], logged.Select(l => l.ScoresOf(2)![0]), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public async Task A_challenger_that_fails_is_logged_and_never_hurts_the_answer()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        var challenger = await live.Add(_ => throw new InvalidOperationException("broken graph"));
        await live.Registry.StartChallenge(LiveModel.Name, challenger.Version, "test");

        var answer = await live.Predict(("a", 20));

        Assert.Equal(0.2, answer.Predictions[0].Score);
        var logged = Assert.Single(await live.AllTraffic());
        Assert.Equal("broken graph", logged.Shadow!.Failure);
        Assert.Null(logged.ScoresOf(2));
    }

    [Fact]
    public async Task Nothing_is_answered_or_logged_of_a_call_with_one_bad_row()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);

        var problem = (await live.Predictions.Predict(LiveModel.Name, new PredictRequest([LiveModel.Row(1), LiveModel.Json("{}")]))).Problem!;

        Assert.Equal(ProblemKind.Invalid, problem.Kind);
        Assert.Empty(await live.AllTraffic());
    }

    [Fact]
    public async Task A_row_whose_score_is_no_finite_number_is_refused_and_not_logged()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed > 1e300 ? double.NaN : 0.5);

        var request = new PredictRequest([LiveModel.Row(1), LiveModel.Row(1e308)]);

        Assert.Equal("rows[1]", Assert.Single((await live.Predictions.Predict(LiveModel.Name, request)).Problem!.Faults!).Where);
        Assert.Equal("score-not-finite", (await live.Predictions.PredictWith(LiveModel.Name, 1, request)).Problem!.Code);
        Assert.Empty(await live.AllTraffic());
    }

    [Fact]
    public async Task A_prediction_that_cannot_be_logged_for_an_unknown_reason_fails()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        var failing = new PredictionService(live.Registry, live.Specs, live.Versions, new BrokenLog { Fault = new IOException("torn") }, live.Clock);

        await Assert.ThrowsAsync<IOException>(() => failing.Predict(LiveModel.Name, new PredictRequest([LiveModel.Row(1)])));
    }

    [Fact]
    public async Task A_damaged_log_stops_no_prediction_but_each_says_that_it_was_not_logged()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        var log = new BrokenLog { Fault = new Ports.StoreDamagedException("'/data/predictions/1.seg' is damaged at byte 7.") };
        var service = new PredictionService(live.Registry, live.Specs, live.Versions, log, live.Clock);

        var answer = (await service.Predict(LiveModel.Name, new PredictRequest([LiveModel.Row(1)]))).Value;

        Assert.Equal((false, 0.01), (answer.Logged, answer.Predictions[0].Score));
        Assert.Contains("damaged at byte 7", answer.Warning, StringComparison.Ordinal);
        Assert.Equal((false, 1, log.Fault.Message), (service.Logging.Logging, service.Logging.Unlogged, service.Logging.Reason));
    }

    [Fact]
    public async Task A_full_disk_stops_no_prediction_but_each_says_that_it_was_not_logged()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        var log = new BrokenLog();
        var told = new List<PredictionLogging>();
        var service = new PredictionService(live.Registry, live.Specs, live.Versions, log, live.Clock, told.Add);
        async Task<PredictResponse> Predict(int rows) =>
            (await service.Predict(LiveModel.Name, new PredictRequest([.. Enumerable.Range(0, rows).Select(i => LiveModel.Row(i))]))).Value;

        Assert.Equal((true, null), ((await Predict(1)).Logged, (await Predict(1)).Warning));
        Assert.Equal(new PredictionLogging(true, 0), service.Logging);

        log.Fault = new Ports.StoreFullException("/data/predictions");
        var since = live.Clock.GetUtcNow();
        var answer = await Predict(2);
        Assert.False(answer.Logged);
        Assert.Contains("/data/predictions", answer.Warning, StringComparison.Ordinal);
        Assert.Equal(2, answer.Predictions.Count);
        await Predict(3);
        Assert.Equal(new PredictionLogging(false, 5, since, log.Fault.Message), service.Logging);
        // Once a minute is enough for a log.
        Assert.Equal([2], told.Select(t => t.Unlogged));
        live.Clock.Advance(TimeSpan.FromMinutes(1));
        await Predict(1);
        Assert.Equal([2, 6], told.Select(t => t.Unlogged));

        log.Fault = new Ports.StoreUnavailableException("The storage does not answer.");
        Assert.EndsWith("The storage does not answer.", (await Predict(1)).Warning, StringComparison.Ordinal);

        log.Fault = null;
        Assert.True((await Predict(1)).Logged);
        Assert.Equal(new PredictionLogging(true, 7), service.Logging);
        Assert.True(told[^1].Logging);
    }

    [Fact]
    public async Task An_unseen_category_is_answered_and_named()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);

        var answer = (await live.Predictions.Predict(LiveModel.Name, new PredictRequest([LiveModel.Row(1, "gull"), LiveModel.Row(1, "dodo")]))).Value;

        Assert.Null(answer.Predictions[0].Unseen);
        Assert.Equal(["species"], answer.Predictions[1].Unseen!);
    }

    [Fact]
    public async Task Columns_that_are_never_kept_and_the_label_do_not_reach_the_log()
    {
        var live = await LiveModel.Create("\"privacy\": { \"unlogged\": [\"species\"] }");
        await live.Add(speed => speed / 100);

        await live.Predictions.Predict(LiveModel.Name, new PredictRequest([LiveModel.Json("""{ "speed": 3, "species": "gull", "damaged": true, "cost": 7 }""")]));

        Assert.Equal("""{"speed":3,"cost":7}""", Assert.Single(await live.AllTraffic()).Row.GetRawText());
    }

    [Fact]
    public async Task Ids_are_made_where_none_are_given_and_are_all_different()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);

        var answer = (await live.Predictions.Predict(LiveModel.Name, new PredictRequest([.. Enumerable.Range(0, 50).Select(i => LiveModel.Row(i))]))).Value;

        Assert.Equal(50, answer.Predictions.Select(p => p.Id).Distinct().Count());
        Assert.Equal(50, (await live.AllTraffic()).Count);
    }

    [Fact]
    public async Task Bad_ids_and_bad_sizes_are_refused()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        async Task<string> Code(int rows, params string[] ids) =>
            (await live.Predictions.Predict(LiveModel.Name, new PredictRequest([.. Enumerable.Repeat(LiveModel.Row(1), rows)], ids.Length == 0 ? null : ids))).Problem!.Code;

        Assert.Equal("no-rows", await Code(0));
        Assert.Equal("too-many-rows", await Code(10_001));
        Assert.Equal("bad-ids", await Code(2, "a", "a"));
        Assert.Equal("bad-ids", await Code(2, "a", ""));
    }

    [Fact]
    public async Task A_named_version_answers_without_a_trace()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        await live.Add(speed => speed / 200);

        var answer = (await live.Predictions.PredictWith(LiveModel.Name, 2, new PredictRequest([LiveModel.Row(50)]))).Value;

        Assert.Equal((2, 0.25), (answer.Version, answer.Predictions[0].Score!.Value));
        Assert.Empty(await live.AllTraffic());
        Assert.Equal(ProblemKind.NotFound, (await live.Predictions.PredictWith(LiveModel.Name, 3, new PredictRequest([LiveModel.Row(50)]))).Problem!.Kind);
    }

    [Fact]
    public async Task A_package_is_loaded_once()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);

        await live.Predict(("a", 1));
        await live.Predict(("b", 1));

        Assert.Equal(1, live.Runtime.Loads);
    }

    [Fact]
    public async Task Several_classes_are_answered_with_all_their_scores()
    {
        var live = await LiveModel.Create();
        await live.Add(
            LiveModel.Signature with { Task = TaskKind.Multiclass, Classes = ["none", "some", "much"] },
            frame => new Scores(3, [.. Enumerable.Range(0, frame.RowCount).SelectMany(_ => new[] { 0.2, 0.5, 0.3 })]));

        var row = (await live.Predict(("a", 1))).Predictions[0];

        Assert.Equal("some", row.Label);
        Assert.Equal(new Dictionary<string, double> { ["none"] = 0.2, ["some"] = 0.5, ["much"] = 0.3 }, row.Scores!);
    }

    private sealed class BrokenLog : Ports.IPredictionLog
    {
        public Exception? Fault { get; set; }

        public Task Append(string stream, IReadOnlyList<Ports.LogRecord> records, CancellationToken cancellationToken = default) =>
            Fault is null ? Task.CompletedTask : Task.FromException(Fault);

        public Task<Ports.LogPage> Read(string stream, string? cursor, int take, CancellationToken cancellationToken = default) =>
            Task.FromResult(new Ports.LogPage([], cursor));
    }
}
