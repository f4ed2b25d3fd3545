using Perennial.Core.Data;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Evaluation;

/// <summary>Measures the bytes that would be served on rows that nothing else has seen.</summary>
public static class Evaluator
{
    /// <summary>The score from which on a binary model answers with the positive class.</summary>
    public const double Threshold = 0.5;

    private const int CurvePoints = 200;
    private const int ResidualPoints = 500;
    private const long MostResampledAreas = 1_000_000;

    /// <summary>The report of a candidate, without champion and gates.</summary>
    /// <param name="plan">What was trained.</param>
    /// <param name="test">The test rows.</param>
    /// <param name="candidate">The candidate's scores of them.</param>
    /// <param name="baseline">Candidate zero's scores of them.</param>
    /// <param name="importance">Share of the gain by raw column.</param>
    /// <param name="seed">The seed of the bootstrap.</param>
    public static EvaluationReport Evaluate(
        TrainingPlan plan, LabelledRows test, Scores candidate, Scores baseline, IReadOnlyDictionary<string, double> importance, ulong seed)
    {
        var metrics = ModelMetrics.Compute(plan.Task, test.Labels, candidate, test.Weights, Threshold);
        var report = new EvaluationReport
        {
            Task = plan.Task,
            Metric = plan.Metric,
            Classes = plan.Classes,
            Rows = test.Labels.Length,
            Metrics = metrics,
            Intervals = Intervals(plan.Task, metrics.Keys, test, candidate, seed),
            BaselineMetrics = ModelMetrics.Compute(plan.Task, test.Labels, baseline, test.Weights, Threshold),
            Importance = [.. importance.Select(i => new Importance(i.Key, i.Value)).OrderByDescending(i => i.Share).ThenBy(i => i.Column, StringComparer.Ordinal)],
        };
        return plan.Task == TaskKind.Regression ? report with { Residuals = Residuals(test, candidate) } : WithCurves(report, plan, test, candidate);
    }

    /// <summary>
    /// The champion on the same rows, or why it cannot score them: its inputs are not among the columns, have other types now, or its two classes
    /// are others. That is news for the gate, not a fault. The <paramref name="regressionScale"/> is <see cref="RowLoss.ScaleFrom"/> the champion.
    /// </summary>
    public static (ChampionComparison? Comparison, string? Incomparable) Compare(
        TrainingPlan plan, LabelledRows test, Scores candidate, int version, IPredictor champion, ulong seed, double regressionScale = 1)
    {
        foreach (var input in champion.Inputs)
        {
            if (test.Rows.Find(input.Name) is not { } column) return (null, $"Version {version} reads the column '{input.Name}', which these rows do not have.");
            if (column.Type != input.Type) return (null, $"Version {version} reads '{input.Name}' as {Lower(input.Type)}, which is {Lower(column.Type)} now.");
        }
        // Several classes may have grown new ones, which the champion gives no chance; that is news for the metric.
        var common = champion.Classes.Intersect(plan.Classes, StringComparer.Ordinal).Count();
        var several = plan.Task == TaskKind.Multiclass && champion.Classes.Count > 2 && common > 0;
        if (!several && (common != plan.Classes.Count || common != champion.Classes.Count))
            return (null, $"Version {version} answers with the classes {string.Join(", ", champion.Classes)}; the candidate with {string.Join(", ", plan.Classes)}.");
        var scores = InOrderOf(plan, champion.Classes, champion.Score(test.Rows));
        var paired = Bootstrap.Paired(plan.Metric, plan.Task, test.Labels, candidate, scores, seed: seed, weights: test.Weights, threshold: Threshold);
        // Where the metric is not defined the fault lies with the rows: neither version is better, and the gate lets nobody through.
        if (double.IsNaN(paired.Difference)) paired = paired with { Difference = 0, Low = 0, High = 0, ProbabilityBetter = 0 };
        var higher = MetricCatalog.Find(plan.Metric)!.HigherIsBetter;
        var interval = higher ? new MetricInterval(paired.Low, paired.High) : new MetricInterval(-paired.High, -paired.Low);
        var metrics = ModelMetrics.Compute(plan.Task, test.Labels, scores, test.Weights, Threshold);
        return (new ChampionComparison(version, metrics, higher ? paired.Difference : -paired.Difference, interval, paired.ProbabilityBetter, Evidence(plan.Task, test, scores, candidate, regressionScale)), null);
    }

    /// <summary>What the scores were on the same rows before they were calibrated.</summary>
    public static CalibrationReport Before(TrainingPlan plan, LabelledRows test, Scores scores, FittedCalibration fitted) => new(
        fitted, ModelMetrics.Compute(plan.Task, test.Labels, scores, test.Weights, Threshold), fitted.Method == "none" ? null : Calibration(plan, test, scores));

    private static CurvePoint[] Calibration(TrainingPlan plan, LabelledRows test, Scores scores)
    {
        var curve = plan.Task == TaskKind.Binary
            ? CalibrationCurve.Of(test.Labels, scores.Values, test.Weights)
            : CalibrationCurve.OfAnswers(test.Labels, scores, test.Weights);
        return [.. curve.Bins.Select(b => new CurvePoint(b.MeanScore, b.PositiveRate, b.Weight))];
    }

    private static BettingState Evidence(TaskKind task, LabelledRows test, Scores champion, Scores candidate, double regressionScale)
    {
        var differences = new double[test.Labels.Length];
        for (var row = 0; row < differences.Length; row++)
            differences[row] = RowLoss.Of(task, champion.Row(row), test.Labels[row], regressionScale) - RowLoss.Of(task, candidate.Row(row), test.Labels[row], regressionScale);
        return BettingTest.Start.Update(differences);
    }

    private static Scores InOrderOf(TrainingPlan plan, IReadOnlyList<string> classes, Scores scores)
    {
        if (classes.SequenceEqual(plan.Classes)) return scores;
        if (plan.Task == TaskKind.Binary) return new Scores(1, [.. scores.Values.Select(p => 1 - p)]);
        int[] at = [.. plan.Classes.Select(c => classes.ToList().IndexOf(c))];
        var values = new double[scores.RowCount * at.Length];
        for (var i = 0; i < values.Length; i++) values[i] = at[i % at.Length] is >= 0 and var k ? scores.Row(i / at.Length)[k] : 0;
        return new Scores(at.Length, values);
    }

    private static Dictionary<string, MetricInterval> Intervals(TaskKind task, IEnumerable<string> metrics, LabelledRows test, Scores scores, ulong seed)
    {
        // Areas of many classes on many rows would take minutes to resample.
        var many = task == TaskKind.Multiclass && (long)scores.RowCount * scores.Outputs > MostResampledAreas;
        string[] resampled = [.. metrics.Where(metric => !many || metric is not ("rocAuc" or "prAuc"))];
        var intervals = new Dictionary<string, MetricInterval>(StringComparer.Ordinal);
        foreach (var (metric, interval) in Bootstrap.Intervals(resampled, task, test.Labels, scores, test.Weights, seed: seed, threshold: Threshold))
            if (!double.IsNaN(interval.Low)) intervals[metric] = new MetricInterval(interval.Low, interval.High);
        return intervals;
    }

    private static EvaluationReport WithCurves(EvaluationReport report, TrainingPlan plan, LabelledRows test, Scores scores)
    {
        var confusion = ConfusionMatrix.Of(plan.Task, test.Labels, scores, test.Weights, Threshold);
        report = report with
        {
            Confusion = [.. Enumerable.Range(0, confusion.Classes).Select(actual => (IReadOnlyList<double>)[.. Enumerable.Range(0, confusion.Classes).Select(p => confusion[actual, p])])],
            Calibration = Calibration(plan, test, scores),
        };
        if (plan.Task != TaskKind.Binary) return report;
        var roc = RocCurve.Of(test.Labels, scores.Values, test.Weights, CurvePoints);
        var pr = PrCurve.Of(test.Labels, scores.Values, test.Weights, CurvePoints);
        return report with
        {
            Roc = roc is null ? null : Points(roc.FalsePositiveRates, roc.TruePositiveRates),
            PrecisionRecall = pr is null ? null : Points(pr.Recalls, pr.Precisions),
        };
    }

    private static CurvePoint[] Points(double[] x, double[] y) => [.. x.Zip(y, (a, b) => new CurvePoint(a, b))];

    private static CurvePoint[] Residuals(LabelledRows test, Scores scores) =>
        [.. EvenSample.Of(test.Labels.Length, ResidualPoints).Select(row => new CurvePoint(scores.Values[row], test.Labels[row]))];

    private static string Lower<T>(T value) => value!.ToString()!.ToLowerInvariant();
}
