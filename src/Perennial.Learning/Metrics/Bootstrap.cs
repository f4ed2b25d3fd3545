using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Metrics;

/// <summary>
/// Percentile bootstrap over rows (Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapters 13 and 16). A resample is a
/// count a row, so scores are sorted once.
/// </summary>
public static class Bootstrap
{
    /// <summary>
    /// An interval for a metric. Resamples on which the metric is undefined are left out; all numbers are NaN where it is undefined
    /// on the rows themselves. See <see cref="ModelMetrics.Compute"/> for the other arguments.
    /// </summary>
    /// <exception cref="ArgumentException">The task has no such metric, or lengths differ.</exception>
    public static Interval Interval(
        string metric, TaskKind task, ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights,
        int resamples = 200, double level = 0.95, ulong seed = 0, double threshold = 0.5)
    {
        return Intervals([metric], task, labels, scores, weights, resamples, level, seed, threshold)[metric];
    }

    /// <summary>
    /// The intervals of several metrics, each as <see cref="Interval"/> gives it: all are computed on the same resamples, which are drawn
    /// once.
    /// </summary>
    /// <exception cref="ArgumentException">The task has no such metric, or lengths differ.</exception>
    public static IReadOnlyDictionary<string, Interval> Intervals(
        IReadOnlyCollection<string> metrics, TaskKind task, ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights,
        int resamples = 200, double level = 0.95, ulong seed = 0, double threshold = 0.5)
    {
        var rowWeights = WeightedMetrics.WeightsOrOnes(weights, labels.Length);
        var prepared = new WeightedMetrics(task, labels, scores, threshold);
        var evaluators = metrics.Select(metric => (Name: metric, Evaluate: prepared.Prepare(metric), Values: new List<double>(resamples))).ToArray();
        foreach (var drawn in Resamples(rowWeights, resamples, seed))
            foreach (var (_, evaluate, values) in evaluators)
                if (evaluate(drawn) is var value && !double.IsNaN(value)) values.Add(value);
        return evaluators.ToDictionary(e => e.Name, e => Around(e.Evaluate(rowWeights), e.Values, level), StringComparer.Ordinal);
    }

    private static Interval Around(double estimate, List<double> values, double level) => double.IsNaN(estimate) || values.Count == 0
        ? new Interval(double.NaN, double.NaN, double.NaN, level)
        : new Interval(estimate, Quantile(values, (1 - level) / 2), Quantile(values, (1 + level) / 2), level);

    /// <summary>
    /// The difference between two models on the same rows: both are scored on each resample. Numbers are NaN where the metric is
    /// undefined on the rows.
    /// </summary>
    /// <exception cref="ArgumentException">The task has no such metric, or lengths differ.</exception>
    public static PairedDifference Paired(
        string metric, TaskKind task, ReadOnlySpan<double> labels, Scores scoresA, Scores scoresB,
        int resamples = 200, double level = 0.95, ulong seed = 0, ReadOnlySpan<double> weights = default, double threshold = 0.5)
    {
        var rowWeights = WeightedMetrics.WeightsOrOnes(weights, labels.Length);
        var a = new WeightedMetrics(task, labels, scoresA, threshold).Prepare(metric);
        var b = new WeightedMetrics(task, labels, scoresB, threshold).Prepare(metric);
        var sign = MetricCatalog.Find(metric)!.HigherIsBetter ? 1 : -1;
        var differences = new List<double>(resamples);
        double better = 0;
        foreach (var drawn in Resamples(rowWeights, resamples, seed))
        {
            var difference = a(drawn) - b(drawn);
            if (double.IsNaN(difference)) continue;
            differences.Add(difference);
            better += difference == 0 ? 0.5 : Math.Sign(difference) == sign ? 1 : 0;
        }
        var observed = a(rowWeights) - b(rowWeights);
        return double.IsNaN(observed) || differences.Count == 0
            ? new PairedDifference(double.NaN, double.NaN, double.NaN, double.NaN)
            : new PairedDifference(observed, Quantile(differences, (1 - level) / 2), Quantile(differences, (1 + level) / 2),
                better / differences.Count);
    }

    /// <summary>The weights of each resample, in one array that is used again.</summary>
    private static IEnumerable<double[]> Resamples(double[] weights, int resamples, ulong seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(resamples);
        var random = new Xoshiro256(seed);
        var drawn = new double[weights.Length];
        for (var i = 0; i < resamples && weights.Length > 0; i++)
        {
            Array.Clear(drawn);
            for (var k = 0; k < weights.Length; k++)
            {
                var row = random.Next(weights.Length);
                drawn[row] += weights[row];
            }
            yield return drawn;
        }
    }

    /// <summary>Linear between order statistics (type 7 of Hyndman and Fan 1996).</summary>
    private static double Quantile(List<double> values, double p)
    {
        values.Sort();
        var position = p * (values.Count - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, values.Count - 1);
        return values[below] + (position - below) * (values[above] - values[below]);
    }
}

/// <summary>An estimate and an interval around it.</summary>
/// <param name="Estimate">The metric on the rows themselves.</param>
/// <param name="Low">The lower end.</param>
/// <param name="High">The upper end.</param>
/// <param name="Level">The confidence, e.g. 0.95.</param>
public sealed record Interval(double Estimate, double Low, double High, double Level);

/// <summary>How two models differ on the same rows.</summary>
/// <param name="Difference">A's metric minus B's, in the metric's own unit: where lower is better, below 0 speaks for A.</param>
/// <param name="Low">The lower end of the interval of the difference.</param>
/// <param name="High">The upper end.</param>
/// <param name="ProbabilityBetter">The share of resamples in which A is the better one, whichever direction is better; ties count half.</param>
public sealed record PairedDifference(double Difference, double Low, double High, double ProbabilityBetter);
