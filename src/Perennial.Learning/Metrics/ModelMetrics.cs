using Perennial.Learning.Models;

namespace Perennial.Learning.Metrics;

/// <summary>Computes the metrics of a task.</summary>
public static class ModelMetrics
{
    /// <summary>
    /// Every metric of the task that is defined on these rows, in <see cref="MetricCatalog.For"/>'s order; one that is undefined
    /// (e.g. rocAuc where one class is missing, mape where a label is 0, r2 of a constant label) is left out.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="labels">A class index a row (binary: 0 or 1), or the value; none missing.</param>
    /// <param name="scores">As many rows as labels.</param>
    /// <param name="weights">A non-negative weight a row; none means 1 each.</param>
    /// <param name="threshold">Binary: a score of at least this counts as positive.</param>
    /// <exception cref="ArgumentException">Lengths differ, or a label is no class of the scores.</exception>
    public static IReadOnlyDictionary<string, double> Compute(
        TaskKind task, ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights = default, double threshold = 0.5)
    {
        var rowWeights = WeightedMetrics.WeightsOrOnes(weights, labels.Length);
        var evaluators = new WeightedMetrics(task, labels, scores, threshold);
        var values = new OrderedDictionary<string, double>();
        foreach (var metric in MetricCatalog.For(task))
        {
            var value = evaluators.Value(metric.Name, rowWeights);
            if (!double.IsNaN(value)) values.Add(metric.Name, value);
        }
        return values;
    }

    /// <summary>One metric of the task, at the cost of this one alone; null where it is undefined on these rows. See <see cref="Compute"/> for the other arguments.</summary>
    /// <exception cref="ArgumentException">Lengths differ, a label is no class of the scores, or the task has no such metric.</exception>
    public static double? ComputeOne(
        string metric, TaskKind task, ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights = default, double threshold = 0.5)
    {
        var value = new WeightedMetrics(task, labels, scores, threshold).Value(metric, WeightedMetrics.WeightsOrOnes(weights, labels.Length));
        return double.IsNaN(value) ? null : value;
    }
}
