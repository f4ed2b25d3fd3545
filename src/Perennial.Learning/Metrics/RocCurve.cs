namespace Perennial.Learning.Metrics;

/// <summary>The rates at each threshold, from (0, 0) at an infinite threshold to (1, 1).</summary>
/// <param name="Thresholds">Falling; a row counts as positive when its score is at least this.</param>
/// <param name="FalsePositiveRates">One a threshold.</param>
/// <param name="TruePositiveRates">One a threshold.</param>
public sealed record RocCurve(double[] Thresholds, double[] FalsePositiveRates, double[] TruePositiveRates)
{
    /// <summary>The curve of binary labels (0 or 1) and scores; null where one class is missing.</summary>
    /// <param name="labels">0 or 1 a row.</param>
    /// <param name="scores">A score a row.</param>
    /// <param name="weights">A weight a row; none means 1 each.</param>
    /// <param name="maxPoints">The curve is thinned evenly to about so many points; its ends stay.</param>
    public static RocCurve? Of(
        ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default, int maxPoints = int.MaxValue)
    {
        var ranked = new RankedScores(labels, scores);
        var (positives, negatives) = ranked.Cumulate(WeightedMetrics.WeightsOrOnes(weights, labels.Length));
        if (positives.Length == 0 || positives[^1] <= 0 || negatives[^1] <= 0) return null;
        var kept = CurveThinning.Keep(positives.Length, maxPoints);
        return new RocCurve(
            [double.PositiveInfinity, .. kept.Select(i => ranked.Thresholds[i])],
            [0, .. kept.Select(i => negatives[i] / negatives[^1])],
            [0, .. kept.Select(i => positives[i] / positives[^1])]);
    }
}

/// <summary>Chooses points of a long curve.</summary>
internal static class CurveThinning
{
    /// <summary>Indices below <paramref name="count"/>, evenly spread, first and last among them.</summary>
    public static int[] Keep(int count, int maxPoints)
    {
        if (count <= maxPoints || maxPoints < 2) return [.. Enumerable.Range(0, count)];
        return [.. Enumerable.Range(0, maxPoints).Select(i => (int)((long)i * (count - 1) / (maxPoints - 1)))];
    }
}
