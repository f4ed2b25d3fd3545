using System.Globalization;
using Perennial.Core.Evaluation;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Training;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Measures the exported graph on the test rows, and the champion of this moment on the same rows. Never cached: the champion is an input.</summary>
public sealed class EvaluateStage(PipelineServices services) : Stage(services, StageNames.Evaluate)
{
    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var plan = await StageInputs.Plan(Services, state, cancellationToken);
        var split = await StageInputs.Split(Services, state, cancellationToken);
        var fit = await Services.Content.GetJson<FitResult>(state.Fit!.Value, cancellationToken);
        var test = LabelledRows.Take(await Rows(state, cancellationToken), split.Test, plan);
        var runtime = StageInputs.Runtime(Services, spec);
        var candidate = runtime.Load(await Graph(fit.Onnx, cancellationToken));
        using var held = candidate as IDisposable;
        var scores = candidate.Score(test.Rows);
        var baseline = runtime.ScoreOnce(await Graph(fit.Baseline, cancellationToken), test.Rows);
        var report = Evaluator.Evaluate(plan, test, scores, baseline, fit.Importance, spec.Train.Seed) with
        {
            TestPeriod = Period(test, spec),
            Inspection = Inspector.Inspect(plan, test, candidate, fit.Importance, spec.Train.Seed, cancellationToken),
            Calibrated = fit.Calibration is { } fitted ? Evaluator.Before(plan, test, fit.Uncalibrated is { } plain ? runtime.ScoreOnce(await Graph(plain, cancellationToken), test.Rows) : scores, fitted) : null,
        };

        string? incomparable = null;
        if (await Services.Registry.FindAlias(state.Run.Model, ModelRegistry.Champion, cancellationToken) is { } champion)
        {
            var version = (await Services.Registry.FindVersion(state.Run.Model, champion.Version, cancellationToken))!;
            var package = await Services.Packages.Read(version.Package, cancellationToken);
            (var comparison, incomparable) = await Compare(champion.Version, package, plan, test, scores, spec.Train.Seed, cancellationToken);
            report = report with { Champion = comparison };
            await Services.Journal.Update(state.Run, r => r with { Champion = champion.Version }, cancellationToken);
        }
        await Services.Journal.Update(state.Run, (record, details) => (record, details with { Evaluation = report }), cancellationToken);
        var hash = await Services.Content.PutJson(new EvaluationResult(report, incomparable, Predictions.Profile(plan, scores)), cancellationToken);
        return new StageResult(state with { Evaluation = hash }, Summary(report));
    }

    private async Task<(ChampionComparison? Comparison, string? Incomparable)> Compare(
        int version, ModelPackage package, TrainingPlan plan, LabelledRows test, Scores scores, ulong seed, CancellationToken cancellationToken)
    {
        if (package.Signature.Label != plan.Label) return (null, $"Version {version} answers what '{package.Signature.Label}' is; the spec now asks for '{plan.Label}'.");
        try
        {
            var predictor = Services.Runtime.For(package.Signature.Runtime ?? ServingRuntime.Auto).Load(await package.ReadOnnx(cancellationToken));
            using var held = predictor as IDisposable;
            return Evaluator.Compare(plan, test, scores, version, predictor, seed, RowLoss.ScaleFrom(package.Baseline));
        }
        catch (RuntimeMissingException missing)
        {
            return (null, $"Version {version} cannot be scored here. {missing.Message}");
        }
    }

    private Task<byte[]> Graph(ContentHash onnx, CancellationToken cancellationToken) => Services.Content.GetBytes(onnx, cancellationToken);

    private static TimeRange? Period(LabelledRows test, ModelSpec spec)
    {
        if (spec.Data.Time is not { } name || test.Rows.Find(name) is not TimestampColumn time) return null;
        long[] ticks = [.. time.Ticks.ToArray().Where(t => t != TimestampColumn.Missing)];
        return ticks.Length == 0 ? null : new TimeRange(new DateTimeOffset(ticks.Min(), TimeSpan.Zero), new DateTimeOffset(ticks.Max(), TimeSpan.Zero));
    }

    private static string Summary(EvaluationReport report)
    {
        var value = report.Metrics.TryGetValue(report.Metric, out var known) ? known.ToString("0.####", CultureInfo.InvariantCulture) : "undefined";
        var interval = report.Intervals.TryGetValue(report.Metric, out var i) ? string.Create(CultureInfo.InvariantCulture, $" ({i.Low:0.####} to {i.High:0.####})") : "";
        var champion = report.Champion is { } c ? string.Create(CultureInfo.InvariantCulture, $"; version {c.Version} scores {c.Metrics[report.Metric]:0.####}") : "";
        return $"{report.Metric} {value}{interval} on {report.Rows} test rows{champion}";
    }
}

/// <summary>What the evaluation came to; content.</summary>
/// <param name="Report">The report; with its gates once they have judged.</param>
/// <param name="Incomparable">Why the champion could not be compared.</param>
/// <param name="Prediction">The profile of the scores on the test rows.</param>
public sealed record EvaluationResult(EvaluationReport Report, string? Incomparable, ColumnProfile Prediction);
