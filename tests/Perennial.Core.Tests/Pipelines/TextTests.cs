using System.Globalization;
using System.Text;
using System.Text.Json;
using Perennial.Contracts.Fakes;
using Perennial.Core.Monitoring;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Monitoring;
using Perennial.Core.Training;
using Perennial.Learning.Frames;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>Rows of which only the text tells the label: trained, reported, predicted and watched.</summary>
public sealed class TextTests
{
    private static readonly string[] Bad = ["engine failure", "Motor Über und aus", "fan blade broken"];
    private static readonly string[] Good = ["nothing found", "no dent at all", "kein Schaden"];
    private static readonly string[] TellsDamage = ["engine", "failure", "motor", "fan", "blade", "broken"];
    private static readonly string[] TellsNone = ["nothing", "found", "dent", "kein", "schaden"];
    private static readonly string[] Fillers = ["gulls", "flock of starlings", "before take-off", "runway 27L", "tower told", "at dusk", "鳥", "rain"];

    [Fact]
    public async Task Text_alone_can_tell_the_label()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec("""{ "model": "birds", "label": "damaged", "train": { "trials": 4 }, "monitor": { "minRows": 100, "window": "30d" } }""");
        await host.Upload(Csv(600));
        var run = await host.Run("one");
        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        var (package, details) = (await host.Package(1), (await host.Runs.Details(run.Id))!);
        Assert.InRange(package.Evaluation.Metrics["rocAuc"], 0.97, 1);
        Assert.Equal("linear", details.Trials[details.Winner!.Value].Trainer);
        Assert.Equal(ColumnType.Text, package.Signature.Inputs.Single(i => i.Name == "remarks").Type);
        Assert.Contains(details.Findings, f => f is { Kind: "text", Column: "remarks" });
        var words = Assert.Single(details.Evaluation!.Inspection!.Words!);
        Assert.Equal("remarks", words.Column);
        Assert.Superset(new HashSet<string>(["failure", "broken", "found", "dent"]), words.Words.Where(w => Math.Abs(w.Change) > 0.05).Select(w => w.Word).ToHashSet());
        Assert.All(words.Words, w => Assert.True(!TellsDamage.Contains(w.Word) || w.Change > 0, $"{w.Word} {w.Change}"));
        Assert.All(words.Words, w => Assert.True(!TellsNone.Contains(w.Word) || w.Change < 0, $"{w.Word} {w.Change}"));
        Assert.All(words.Words.Where(w => w.Word is "gulls" or "rain" or "tower"), w => Assert.InRange(w.Change, -0.05, 0.05));
        Assert.DoesNotContain(details.Evaluation.Inspection.Dependence, d => d.Column == "remarks");
        using var page = new StreamReader((await host.Content.Open(run.Report!.Value))!);
        Assert.Contains("Words of remarks", await page.ReadToEndAsync(), StringComparison.Ordinal);
        var lengths = package.Baseline.Columns.Single(c => c.Name == "remarks");
        Assert.True(lengths.Edges!.Count > 2);

        Assert.False((await Watch(host, Remark)).Drifted);
        Assert.True((await Watch(host, i => i % 3 == 0 ? null : string.Concat(Enumerable.Repeat(Remark(i), 30)))).Drifted);
    }

    [Fact]
    public async Task A_spec_can_leave_text_out()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec("""{ "model": "birds", "label": "damaged", "train": { "trials": 4, "text": "none" } }""");
        await host.Upload(Csv(600));
        var run = await host.Run("one");
        Assert.True(run.Status == RunStatus.Rejected, run.Conclusion);
        var details = (await host.Runs.Details(run.Id))!;
        Assert.Contains("train.text", details.Findings.Single(f => f.Kind == "text").Message);
        Assert.All(details.Trials, t => Assert.InRange(t.Value ?? 0.5, 0.3, 0.7));
    }

    [Fact]
    public async Task Odd_texts_are_answered_like_others()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec("""{ "model": "birds", "label": "damaged", "train": { "trials": 2 } }""");
        await host.Upload(Csv(600));
        Assert.Equal(RunStatus.Succeeded, (await host.Run("one")).Status);
        string[] odd = ["", " \t\n", "!?", "\u0000", "\u202e\ufeff", "e\u0301", "𝒜𝒜 👩‍🚀", new('x', 100_000), string.Concat(Enumerable.Repeat("engine failure ", 20_000))];
        var answer = await Predict(host, [.. odd.Select(text => JsonSerializer.SerializeToElement(new { speed = 7.0, remarks = text }))], new InMemoryPredictionLog());
        Assert.Equal(odd.Length, answer.Predictions.Count);
        Assert.All(answer.Predictions, p => Assert.InRange(p.Score!.Value, 0, 1));
        Assert.Equal(answer.Predictions[0].Score, answer.Predictions[2].Score);
        Assert.True(answer.Predictions[^1].Score > answer.Predictions[0].Score);
    }

    private static async Task<PredictResponse> Predict(PipelineHost host, JsonElement[] rows, InMemoryPredictionLog log)
    {
        var service = new PredictionService(host.Registry, host.Services.Specs, new LoadedVersions(host.Content, new ManagedRuntime()), log, host.Clock);
        var answer = await service.Predict("birds", new PredictRequest(rows));
        Assert.True(answer.Succeeded, answer.Problem?.Faults?[0].Message);
        return answer.Value;
    }

    // What a monitor pass says of the remarks of 300 predictions.
    private static async Task<DriftResult> Watch(PipelineHost host, Func<int, string?> remark)
    {
        var log = new InMemoryPredictionLog();
        await Predict(host, [.. Enumerable.Range(600, 300).Select(i => JsonSerializer.SerializeToElement(new { speed = i * 37 % 50, remarks = remark(i) }))], log);
        host.Clock.Advance(TimeSpan.FromDays(1));
        var journal = new MonitorJournal(host.Tables, host.Content);
        var services = new MonitorServices(
            journal, host.Registry, host.Services.Specs, host.Services.Packages, new LabelledTraffic(log, host.Services.Specs, host.Tables, host.Content), new RecordingRetrainings(),
            host.Notifier, host.Content, host.Clock);
        await new MonitorPass(services).Run(new PassRequest("birds", $"{host.Clock.GetUtcNow():O}"), new ActivityContext("test", 1), default);
        return (await journal.Reports("birds", 1, default))[0].Drift.Single(d => d.Feature == "remarks");
    }

    private static bool IsDamaged(int i) => i * 7919 % 31 < 12;

    // A few words that tell among words that do not; every tenth row has no text.
    private static string? Remark(int i)
    {
        if (i % 10 == 9) return null;
        var telling = (IsDamaged(i) ? Bad : Good)[i % 3];
        return $"{Fillers[i * 13 % 8]} {Fillers[i * 29 % 8]} {i}: {(i % 2 == 0 ? telling : telling.ToUpperInvariant())}, {Fillers[i * 53 % 8]}";
    }

    private static string Csv(int rows)
    {
        var text = new StringBuilder("remarks,speed,damaged\n");
        for (var i = 0; i < rows; i++)
            text.Append(CultureInfo.InvariantCulture, $"\"{Remark(i)}\",{i * 37 % 50},{(IsDamaged(i) ? "yes" : "no")}\n");
        return text.ToString();
    }
}
