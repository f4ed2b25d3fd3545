using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core.Registry;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;
using Spectre.Console;

namespace Perennial.Cli.Demo;

/// <summary>
/// The closing table: each version's metric on rows that came after it, against what the first version scores on the same rows. The scores
/// come from the API (a named version predicts without being logged); the metric is computed here, from labels that the demo holds.
/// </summary>
public sealed class DemoScoreboard(PerennialClient client, DemoInput input, DemoStory story)
{
    private readonly string _model = input.Spec.Model;
    private readonly Dictionary<int, Scores> _scores = [];

    /// <summary>The rows of the closing table.</summary>
    public async Task<DemoResult> Make(IReadOnlyList<int> answeredBy, CancellationToken ct)
    {
        var versions = await client.Get<IReadOnlyList<ModelVersion>>($"/api/models/{_model}/versions", ct);
        var signature = await story.Signature(1, ct);
        var metric = MetricCatalog.Find(input.Spec.Train.Metric ?? MetricCatalog.Default(signature.Task))!;
        var labels = Labels(signature);
        var rows = new List<DemoVersion>();
        foreach (var version in versions)
        {
            var later = Enumerable.Range(0, labels.Length).Where(r => input.Times[r] > version.CreatedAt).ToArray();
            var own = Metric(metric, signature, labels, await Score(version.Version, ct), later);
            var first = Metric(metric, signature, labels, await Score(1, ct), later);
            rows.Add(new DemoVersion(version.Version, version.State, version.CreatedAt, answeredBy.Count(v => v == version.Version), later.Length, own, first, version.Reason));
        }
        var all = Enumerable.Range(0, answeredBy.Count).ToArray();
        var answered = new Scores(_scores[1].Outputs, [.. all.SelectMany(r => _scores[answeredBy[r]].Row(r).ToArray())]);
        return new DemoResult(metric.Name, metric.HigherIsBetter, rows,
            Metric(metric, signature, labels, answered, all), Metric(metric, signature, labels, _scores[1], all));
    }

    private static double? Metric(Metric metric, ModelSignature signature, double[] labels, Scores scores, int[] rows)
    {
        if (rows.Length == 0) return null;
        var picked = new Scores(scores.Outputs, [.. rows.SelectMany(r => scores.Row(r).ToArray())]);
        var computed = ModelMetrics.Compute(signature.Task, rows.Select(r => labels[r]).ToArray(), picked, threshold: signature.Threshold);
        return computed.TryGetValue(metric.Name, out var value) ? value : null;
    }

    private async Task<Scores> Score(int version, CancellationToken ct)
    {
        if (_scores.TryGetValue(version, out var known)) return known;
        var signature = await story.Signature(version, ct);
        var columns = signature.Inputs.Select(c => c.Name).ToArray();
        var values = new List<double>();
        foreach (var batch in Enumerable.Range(0, input.Later.RowCount).Chunk(1000))
        {
            var body = new PredictBody([.. batch.Select(r => FrameRows.Of(input.Later, r, columns))]);
            var answer = await client.Post<PredictAnswer>($"/api/models/{_model}/versions/{version}/predict", body, ct);
            foreach (var row in answer.Predictions) values.AddRange(ValuesOf(row, signature));
        }
        return _scores[version] = new Scores(signature.Task == TaskKind.Multiclass ? signature.Classes.Count : 1, [.. values]);
    }

    private static IEnumerable<double> ValuesOf(RowAnswer row, ModelSignature signature) => signature.Task switch
    {
        TaskKind.Binary => [row.Score!.Value],
        TaskKind.Multiclass => signature.Classes.Select(c => row.Scores![c]),
        _ => [row.Value!.Value],
    };

    private double[] Labels(ModelSignature signature)
    {
        var column = input.Later[signature.Label];
        if (signature.Task == TaskKind.Regression) return ((NumericColumn)column).Values.ToArray();
        // A class that the first version never saw gets an index of its own: every version is wrong on it.
        return [.. Enumerable.Range(0, column.Length).Select(r => (double)IndexOf(signature.Classes, column.Format(r)!))];
    }

    private static int IndexOf(IReadOnlyList<string> classes, string value)
    {
        for (var i = 0; i < classes.Count; i++)
            if (classes[i] == value) return i;
        return 0;
    }
}

/// <summary>What came out.</summary>
/// <param name="Metric">The deciding metric.</param>
/// <param name="HigherIsBetter">Its direction.</param>
/// <param name="Versions">A row a version.</param>
/// <param name="Answered">The metric of the answers that were really given, over all later rows.</param>
/// <param name="FirstAlone">The metric that version 1 alone would have had on them.</param>
public sealed record DemoResult(string Metric, bool HigherIsBetter, IReadOnlyList<DemoVersion> Versions, double? Answered, double? FirstAlone)
{
    /// <summary>Writes the closing tables.</summary>
    public void Write(Terminal terminal, DemoStory story)
    {
        terminal.Line($"\n[bold]Versions[/] ({Metric} on the rows that came after each)");
        Tables.Write(terminal, ["", "state", "created", "answered", "later rows", Metric, "version 1", "better by"], Versions.Select(v => new[]
        {
            v.Version.ToString(), v.State.ToString(), Numbers.Day(v.CreatedAt), Numbers.Count(v.Answered), Numbers.Count(v.LaterRows),
            Show(v.Value), Show(v.First), v.Version == 1 ? "" : Better(v.Value, v.First),
        }), "No version.");
        Tables.Aligned(terminal, Versions.Select(v => new[] { $"version {v.Version}", Spectre.Console.Markup.Escape(v.Reason) }));
        terminal.Text("");
        terminal.Line($"[bold]All answers given[/]: {Metric} {Show(Answered)}; version 1 alone would have had {Show(FirstAlone)} ({Better(Answered, FirstAlone)}).");
        WriteDecisions(terminal, story);
    }

    private static void WriteDecisions(Terminal terminal, DemoStory story)
    {
        terminal.Line("\n[bold]Decisions[/]");
        Tables.Aligned(terminal, story.Decisions.Where(d => d.Kind != "model-created").Select(d => new[]
        {
            Numbers.Day(d.At), DemoStory.Event(d.Kind, d.Version), Spectre.Console.Markup.Escape(d.Reason),
        }));
        var quiet = story.Passes.Where(p => !p.Retraining.StartsWith("Retraining", StringComparison.Ordinal)).ToArray();
        var blind = quiet.Count(p => p.Retraining.EndsWith("too few to judge.", StringComparison.Ordinal));
        terminal.Text($"\n{story.Passes.Count} monitor passes: {story.Passes.Count - quiet.Length} asked for a retraining, {blind} saw too few rows to judge, and after {quiet.Length - blind} doing nothing was right. The last of these said: {quiet.LastOrDefault()?.Retraining ?? "nothing"}");
    }

    private string Better(double? value, double? first) =>
        value is { } v && first is { } f ? Numbers.Difference(HigherIsBetter ? v - f : f - v) : "-";

    private static string Show(double? value) => value is { } v ? Numbers.Metric(v) : "-";
}

/// <summary>A version in the closing table.</summary>
/// <param name="Version">The version.</param>
/// <param name="State">Where it ended.</param>
/// <param name="CreatedAt">When it was registered.</param>
/// <param name="Answered">Rows it answered.</param>
/// <param name="LaterRows">Rows that came after it was registered.</param>
/// <param name="Value">Its metric on them.</param>
/// <param name="First">Version 1's metric on them.</param>
/// <param name="Reason">Why it stands where it stands.</param>
public sealed record DemoVersion(int Version, VersionState State, DateTimeOffset CreatedAt, int Answered, int LaterRows, double? Value, double? First, string Reason);
