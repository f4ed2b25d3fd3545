namespace Perennial.Learning.Metrics;

/// <summary>Precision and recall at each threshold, recall rising.</summary>
/// <param name="Thresholds">Falling; a row counts as positive when its score is at least this.</param>
/// <param name="Recalls">One a threshold.</param>
/// <param name="Precisions">One a threshold.</param>
public sealed record PrCurve(double[] Thresholds, double[] Recalls, double[] Precisions)
{
    /// <summary>The curve of binary labels (0 or 1) and scores; null without positives. See <see cref="RocCurve.Of"/>.</summary>
    public static PrCurve? Of(
        ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default, int maxPoints = int.MaxValue)
    {
        var ranked = new RankedScores(labels, scores);
        var (positives, negatives) = ranked.Cumulate(WeightedMetrics.WeightsOrOnes(weights, labels.Length));
        if (positives.Length == 0 || positives[^1] <= 0) return null;
        var kept = CurveThinning.Keep(positives.Length, maxPoints).Where(i => positives[i] + negatives[i] > 0).ToArray();
        return new PrCurve(
            [.. kept.Select(i => ranked.Thresholds[i])],
            [.. kept.Select(i => positives[i] / positives[^1])],
            [.. kept.Select(i => positives[i] / (positives[i] + negatives[i]))]);
    }
}
