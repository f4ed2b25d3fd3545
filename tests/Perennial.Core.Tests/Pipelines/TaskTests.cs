using System.Globalization;
using System.Text;
using System.Text.Json;
using Perennial.Contracts.Fakes;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Monitoring;
using Perennial.Core.Training;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>Every kind of label through the pipeline, then served, labelled and watched.</summary>
public sealed class TaskTests
{
    [Theory]
    [InlineData("multiclass", "\"a\"", "\"data\": { \"time\": \"day\" }")]
    [InlineData("number", "12.5", "\"data\": { \"time\": \"day\" }")]
    [InlineData("number", "12.5", "\"data\": { \"group\": \"flock\", \"ignore\": [\"day\"] }")]
    [InlineData("multiclass", "\"b\"", "\"data\": { \"group\": \"flock\", \"ignore\": [\"day\"] }")]
    [InlineData("zeroOrOne", "1", "\"data\": { \"time\": \"day\" }")]
    [InlineData("zeroOrOne", "\"0\"", "\"data\": { \"ignore\": [\"day\"] }")]
    [InlineData("truth", "true", "\"data\": { \"group\": \"flock\", \"ignore\": [\"day\"] }")]
    public async Task Every_kind_of_label_and_split_goes_round_the_whole_loop(string label, string value, string data)
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec($$"""{ "model": "birds", "label": "{{label}}", {{data}}, "train": { "trials": 3 }, "monitor": { "minRows": 100, "window": "30d" } }""");
        await host.Upload(Csv(400, label));
        var run = await host.Run("one");
        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.NotNull(run.Report);

        var (traffic, pass) = await Live(host, label, value);
        Assert.Equal((200, 200, true), (pass.Rows, pass.LabelledRows, pass.Judged));
        Assert.NotNull(pass.Performance);
        Assert.NotNull(pass.Report);

        host.Traffic = await traffic.Export("birds");
        Assert.Equal(200, host.Traffic!.Rows);
        var again = await host.Run("two");
        Assert.True(again.Status is RunStatus.Succeeded or RunStatus.Rejected, again.Conclusion);
        Assert.Equal(600, (await host.Datasets.Find("birds", again.Dataset!.Value))!.Rows);
    }

    // Predicts, labels (the value for every row but each third, which gets its own) and watches.
    private static async Task<(LabelledTraffic Traffic, MonitorReport Pass)> Live(PipelineHost host, string label, string value)
    {
        var (services, log) = (host.Services, new InMemoryPredictionLog());
        var versions = new LoadedVersions(host.Content, new ManagedRuntime());
        var traffic = new LabelledTraffic(log, services.Specs, host.Tables, host.Content);
        var names = Csv(0, label).TrimEnd('\n').Split(',');
        var rows = Csv(200, label, first: 400).TrimEnd('\n').Split('\n')[1..].Select(line => line.Split(',')).ToArray();
        var inputs = (await host.Package(1)).Signature.Inputs;
        var sent = rows.Select(row => JsonSerializer.SerializeToElement(inputs.ToDictionary(i => i.Name, i => Value(i, row[Array.IndexOf(names, i.Name)])))).ToArray();
        var ids = rows.Select((_, i) => $"p{i}").ToArray();

        var answer = await new PredictionService(host.Registry, services.Specs, versions, log, host.Clock).Predict("birds", new PredictRequest(sent, ids));
        Assert.True(answer.Succeeded, answer.Problem?.Faults?[0].Message);
        var labels = ids.Select((id, i) => new LabelItem(id, i % 3 > 0 ? JsonDocument.Parse(value).RootElement : Truth(label, rows[i][names.Length - 1]))).ToArray();
        var taken = await new LabelService(host.Registry, versions, traffic, log, host.Client, host.Clock).Add("birds", new LabelsRequest(labels));
        Assert.True(taken.Succeeded, taken.Problem?.Faults?[0].Message);
        host.Clock.Advance(TimeSpan.FromDays(1));

        var journal = new MonitorJournal(host.Tables, host.Content);
        var monitor = new MonitorServices(journal, host.Registry, services.Specs, services.Packages, traffic, new RecordingRetrainings(), host.Notifier, host.Content, host.Clock);
        await new MonitorPass(monitor).Run(new PassRequest("birds", "1"), new ActivityContext("test", 1), default);
        return (traffic, (await journal.Reports("birds", 1, default))[0]);
    }

    private static object? Value(SignatureColumn input, string cell) => cell.Length == 0 ? null
        : input.Type == Learning.Frames.ColumnType.Numeric ? double.Parse(cell, CultureInfo.InvariantCulture) : cell;

    private static JsonElement Truth(string label, string cell) =>
        JsonDocument.Parse(label == "multiclass" ? $"\"{cell}\"" : cell).RootElement;

    // Every seventh day is missing, but none of the last; the label is the last column.
    private static string Csv(int rows, string label, int first = 0)
    {
        var text = new StringBuilder($"day,speed,species,flock,{label}\n");
        for (var i = first; i < first + rows; i++)
        {
            var speed = i * 37 % 50;
            var noise = i * 7919 % 31;
            var value = label switch
            {
                "multiclass" => speed + noise > 50 ? "c" : speed + noise > 28 ? "b" : "a",
                "number" => string.Create(CultureInfo.InvariantCulture, $"{speed + (noise / 2.0)}"),
                "zeroOrOne" => speed + noise > 38 ? "1" : "0",
                _ => speed + noise > 38 ? "true" : "false",
            };
            text.Append(CultureInfo.InvariantCulture, $"{(i % 7 == 0 && i < 390 ? "" : Data.Some.Day(i))},{speed},{Data.Some.Species[i % 3]},f{i % 40},{value}\n");
        }
        return text.ToString();
    }
}
