using System.Text;
using System.Text.Json;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Serving;
using Perennial.Learning;

namespace Perennial.Core.Tests.Serving;

public sealed class LabelServiceTests
{
    [Fact]
    public async Task A_label_belongs_to_the_prediction_of_its_id()
    {
        var live = await WithPredictions("a", "b");

        var response = await live.Label(("b", true));

        Assert.Equal(new LabelsResponse(1, 0), response);
        Assert.Equal([("a", null), ("b", "true")], (await live.AllTraffic()).Select(p => (p.Id, p.Label)));
    }

    [Fact]
    public async Task A_label_may_come_before_its_prediction()
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);

        Assert.Equal(new LabelsResponse(1, 1), await live.Label(("early", true)));
        await live.Predict(("early", 5));

        Assert.Equal("true", Assert.Single(await live.AllTraffic()).Label);
    }

    [Fact]
    public async Task The_newest_label_wins_and_the_first_is_remembered()
    {
        var live = await WithPredictions("a");

        await live.Label(("a", true));
        await live.AllTraffic();
        await live.Label(("a", false));

        var joined = Assert.Single(await live.AllTraffic());
        Assert.Equal(("false", "true"), (joined.Label, joined.FirstLabel));
    }

    [Fact]
    public async Task The_first_prediction_of_an_id_is_the_one_that_counts()
    {
        var live = await WithPredictions("a");

        await live.Predict(("a", 77));

        Assert.Equal(10, Assert.Single(await live.AllTraffic()).Row.GetProperty("speed").GetDouble());
    }

    [Theory]
    [InlineData("\"ture\"")]
    [InlineData("\"\"")]
    [InlineData("2")]
    [InlineData("null")]
    [InlineData("{}")]
    public async Task A_value_that_is_no_class_of_a_binary_model_is_refused_whole(string value)
    {
        var live = await WithPredictions("a", "b");

        var problem = (await live.Labels.Add(LiveModel.Name, new LabelsRequest([new LabelItem("a", LiveModel.Json("true")), new LabelItem("b", LiveModel.Json(value))]))).Problem!;

        Assert.Equal(["labels[1].label"], problem.Faults!.Select(f => f.Where));
        Assert.All(await live.AllTraffic(), p => Assert.Null(p.Label));
    }

    [Theory]
    [InlineData("\"3\"", false)]
    [InlineData("true", false)]
    [InlineData("1e999", false)]
    [InlineData("-2.5", true)]
    public void A_regression_takes_finite_numbers_only(string value, bool taken)
    {
        var regression = LiveModel.Signature with { Task = TaskKind.Regression, Classes = [] };

        Assert.Equal(taken, LabelValue.Read(regression, LiveModel.Json(value), out _) is null);
    }

    [Fact]
    public void A_label_that_the_task_cannot_use_is_no_number()
    {
        Assert.Null(LabelValue.ToNumber(LiveModel.Signature with { Task = TaskKind.Regression, Classes = [] }, "true"));
        Assert.Null(LabelValue.ToNumber(LiveModel.Signature, "3"));
        Assert.Equal(1, LabelValue.ToNumber(LiveModel.Signature, "true"));
    }

    [Fact]
    public async Task Labels_wake_the_rollout_that_is_undecided_and_only_it()
    {
        var live = await WithPredictions("a");
        await live.Label(("a", true));
        Assert.Empty(live.Orchestrations.Raised);

        var challenger = await live.Add(_ => 0.5);
        await live.Registry.StartChallenge(LiveModel.Name, challenger.Version, "test");
        await live.Label(("a", false));

        Assert.Equal([(LifecycleNames.RolloutId(LiveModel.Name, 2), LifecycleNames.EvidenceEvent)], live.Orchestrations.Raised);
    }

    [Fact]
    public async Task Labels_are_taken_also_where_the_rollout_takes_no_more_hints()
    {
        var live = await WithPredictions("a");
        var challenger = await live.Add(_ => 0.5);
        await live.Registry.StartChallenge(LiveModel.Name, challenger.Version, "test");
        live.Orchestrations.TakesNoMore = true;

        await live.Label(("a", true));

        Assert.Single((await live.Log.Read(LogStreams.Labels(LiveModel.Name), null, 10)).Records);
    }

    [Fact]
    public async Task Labels_of_a_model_that_is_not_there_or_not_trained_are_refused()
    {
        var live = await LiveModel.Create();
        var request = new LabelsRequest([new LabelItem("a", LiveModel.Json("true"))]);

        Assert.Equal(ProblemKind.NotFound, (await live.Labels.Add("unheard", request)).Problem!.Kind);
        Assert.Equal("no-version", (await live.Labels.Add(LiveModel.Name, request)).Problem!.Code);
    }

    [Fact]
    public async Task The_export_holds_labelled_rows_by_time_then_id_with_the_newest_label()
    {
        var live = await WithPredictions("b", "a", "unlabelled");
        live.Clock.Advance(TimeSpan.FromDays(1));
        await live.Predict(("0", 30));
        await live.Label(("a", false), ("b", true), ("0", true));
        await live.Label(("a", true));

        var export = (await live.Traffic.Export(LiveModel.Name))!;

        Assert.Equal(3, export.Rows);
        Assert.Equal(
            """
            {"speed":20,"species":"gull","damaged":true}
            {"speed":10,"species":"gull","damaged":true}
            {"speed":30,"species":"gull","damaged":true}

            """.ReplaceLineEndings("\n"),
            Encoding.UTF8.GetString(export.JsonLines.Span));
    }

    [Theory]
    [InlineData("\"007\"", "\"007\"")]
    [InlineData("\"12\"", "12")]
    [InlineData("0.5", "0.5")]
    public async Task A_class_name_that_only_looks_like_a_number_stays_text(string sent, string exported)
    {
        var live = await LiveModel.Create();
        await live.Add(LiveModel.Signature with { Task = TaskKind.Multiclass, Classes = ["007", "12", "0.5"] }, frame => new(3, new double[frame.RowCount * 3]));
        await live.Predict(("a", 1));
        await live.Labels.Add(LiveModel.Name, new LabelsRequest([new LabelItem("a", LiveModel.Json(sent))]));

        var line = JsonDocument.Parse((await live.Traffic.Export(LiveModel.Name))!.JsonLines).RootElement;

        Assert.Equal(exported, line.GetProperty("damaged").GetRawText());
    }

    [Fact]
    public async Task Without_a_label_there_is_no_export() => Assert.Null(await (await WithPredictions("a")).Traffic.Export(LiveModel.Name));

    [Fact]
    public async Task A_new_index_reads_the_same_from_the_log()
    {
        var live = await WithPredictions("a", "b");
        await live.Label(("a", true));
        await live.AllTraffic();
        await live.Label(("a", false), ("b", true));

        var fresh = await new LabelledTraffic(live.Log, live.Specs, live.Tables, live.Content).Window(LiveModel.Name, DateTimeOffset.MinValue, DateTimeOffset.MaxValue);

        Assert.Equal((await live.AllTraffic()).Select(p => (p.Id, p.Label, p.FirstLabel)), fresh.Select(p => (p.Id, p.Label, p.FirstLabel)));
    }

    [Fact]
    public async Task A_label_that_is_null_is_a_fault_and_not_a_crash()
    {
        var live = await WithPredictions("a");

        var problem = (await live.Labels.Add(LiveModel.Name, new LabelsRequest([null!]))).Problem!;

        Assert.Equal("labels[0]", Assert.Single(problem.Faults!).Where);
    }

    [Fact]
    public async Task Labels_of_a_column_that_the_spec_no_longer_asks_for_train_nothing()
    {
        var live = await WithPredictions("a", "b");
        await live.Label(("a", true));
        var spec = await live.Content.PutBytes(Encoding.UTF8.GetBytes($$"""{ "model": "{{LiveModel.Name}}", "label": "delayed" }"""));
        await live.Registry.PutModel(LiveModel.Name, spec, "test");
        Assert.Null(await live.Traffic.Export(LiveModel.Name));

        await live.Add(LiveModel.Signature with { Label = "delayed" }, frame => LiveModel.BySpeed(frame, speed => speed / 100));
        await live.Registry.Promote(LiveModel.Name, 2, "test", "Another question.");
        await live.Label(("b", true));

        Assert.Equal("{\"speed\":20,\"species\":\"gull\",\"delayed\":true}\n", Encoding.UTF8.GetString((await live.Traffic.Export(LiveModel.Name))!.JsonLines.Span));
    }

    [Fact]
    public async Task A_row_without_the_column_that_orders_rows_has_the_time_of_its_prediction()
    {
        var live = await WithPredictions("a");
        await live.PutSpec("\"data\": { \"time\": \"day\" }");
        await live.Label(("a", true));

        Assert.Equal(
            "{\"speed\":10,\"species\":\"gull\",\"day\":\"1996-01-01T00:00:00Z\",\"damaged\":true}\n",
            Encoding.UTF8.GetString((await live.Traffic.Export(LiveModel.Name))!.JsonLines.Span));
    }

    [Fact]
    public async Task Rows_that_reach_the_log_out_of_order_are_looked_at_in_order()
    {
        var live = await LiveModel.Create();
        await live.Log.Append(LogStreams.Predictions(LiveModel.Name), [.. new[] { ("d", 2), ("a", 1), ("b", 3), ("c", 1), ("a", 0), ("e", 2) }.Select(r =>
            new LogRecord(LiveModel.Start.AddDays(r.Item2), JsonSerializer.SerializeToUtf8Bytes(new PredictionRecord(r.Item1, 1, LiveModel.Row(1), [0.5]), CoreJson.Options)))]);
        async Task<string> Window(int from, int to) =>
            string.Concat((await live.Traffic.Window(LiveModel.Name, LiveModel.Start.AddDays(from), LiveModel.Start.AddDays(to))).Select(p => p.Id));

        Assert.Equal(("acdeb", "cde", "de", "", ""), (await Window(0, 9), await Window(1, 3), await Window(2, 3), await Window(4, 9), await Window(3, 1)));
    }

    [Fact]
    public async Task A_window_holds_its_start_and_not_its_end()
    {
        var live = await WithPredictions("a");
        live.Clock.Advance(TimeSpan.FromHours(1));
        await live.Predict(("b", 1));

        var window = await live.Traffic.Window(LiveModel.Name, LiveModel.Start, LiveModel.Start.AddHours(1));

        Assert.Equal(["a"], window.Select(p => p.Id));
    }

    private static async Task<LiveModel> WithPredictions(params string[] ids)
    {
        var live = await LiveModel.Create();
        await live.Add(speed => speed / 100);
        await live.Predict([.. ids.Select((id, i) => (id, 10.0 * (i + 1)))]);
        return live;
    }
}
