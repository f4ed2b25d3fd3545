using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Monitoring;

/// <summary>
/// Measures a version on labelled rows that it scored itself, against its own evaluation. It has dropped when it is worse by more than the
/// spec allows and the difference is not chance: a one-sided z-test at the spec's alpha whose standard error is that of both values, each
/// read from its bootstrap interval (Efron and Tibshirani 1993, section 13.3). The evaluation is a sample like any other: taken as exact, a
/// lucky one would raise false alarms for ever.
/// </summary>
public static class PerformanceMonitor
{
    private const int Resamples = 300;

    /// <summary>The result; null where there are too few labelled rows or the metric is undefined on them.</summary>
    public static PerformanceResult? Measure(ModelSpec spec, ModelSignature signature, Baseline baseline, int version, IReadOnlyList<JoinedPrediction> rows)
    {
        var metric = MetricCatalog.Find(spec.Monitor.Metric ?? spec.Train.Metric ?? MetricCatalog.Default(signature.Task))!;
        var labelled = new List<(double Label, IReadOnlyList<double> Scores)>();
        foreach (var row in rows)
            if (row.Label is { } label && row.ScoresOf(version) is { } scores && LabelValue.ToNumber(signature, label) is { } number) labelled.Add((number, scores));
        if (labelled.Count < spec.Monitor.MinRows || !baseline.Metrics.TryGetValue(metric.Name, out var then)) return null;

        var labels = labelled.Select(r => r.Label).ToArray();
        var all = new Scores(labelled[0].Scores.Count, [.. labelled.SelectMany(r => r.Scores)]);
        var metrics = ModelMetrics.Compute(signature.Task, labels, all, threshold: signature.Threshold);
        if (!metrics.TryGetValue(metric.Name, out var now)) return null;
        var interval = Bootstrap.Interval(metric.Name, signature.Task, labels, all, default, Resamples, seed: 1, threshold: signature.Threshold);
        var drop = metric.HigherIsBetter ? then - now : now - then;
        var error = Math.Sqrt(Square(ErrorOf(interval.Low, interval.High)) + (baseline.Intervals.TryGetValue(metric.Name, out var before) ? Square(ErrorOf(before.Low, before.High)) : 0));
        var significant = drop > Normal.Quantile(1 - spec.Monitor.Alpha) * error;
        // Errors in the label's own unit say nothing by their size: they are held against the baseline's.
        var allowed = metric.Name is "rmse" or "mae" ? spec.Monitor.MaxDrop * then : spec.Monitor.MaxDrop;
        return new PerformanceResult(
            metric.Name, labels.Length, then, now, new MetricInterval(interval.Low, interval.High), drop > allowed && significant, metrics);
    }

    // Half the width of a 95 % interval is 1.96 standard errors.
    private static double ErrorOf(double low, double high) => (high - low) / 2 / Normal.Quantile(0.975);

    private static double Square(double x) => x * x;
}
