using Perennial.Learning.Features;
using Perennial.MLNet.Learners;

namespace Perennial.MLNet;

/// <summary>
/// How much each raw column matters, as shares that sum to 1: of the gain of all splits, of |weight| times standard deviation, or, where a
/// learner tells neither, of how far the scores move when rows exchange the column's values (permutation importance).
/// </summary>
internal static class ColumnImportance
{
    // Each column is scored anew.
    private const int ExchangedRows = 200;

    /// <summary>The shares; empty where nothing matters.</summary>
    /// <param name="transforms">What made the features, in their order.</param>
    /// <param name="features">The features of the training rows.</param>
    /// <param name="learned">The model.</param>
    /// <param name="scores">The model's scores of features.</param>
    public static IReadOnlyDictionary<string, double> Of(
        IReadOnlyList<FittedTransform> transforms, FeatureMatrix features, FittedLearner learned, Func<FeatureMatrix, double[]> scores)
    {
        if (learned is { Gains: null, Weights: null }) return Shares([.. Exchanged(transforms, features, scores)], transforms);
        var sizes = new double[features.FeatureCount];
        foreach (var (feature, gain) in learned.Gains ?? []) sizes[feature] += Math.Max(0, gain);
        if (learned.Weights is { } weights)
            for (var f = 0; f < sizes.Length; f++) sizes[f] = weights[f] * Deviation(features.Column(f));
        var (next, byColumn) = (0, new double[transforms.Count]);
        for (var t = 0; t < byColumn.Length; t++)
            for (var i = transforms[t].FeatureNames.Count; i > 0; i--) byColumn[t] += sizes[next++];
        return Shares(byColumn, transforms);
    }

    private static Dictionary<string, double> Shares(double[] sizes, IReadOnlyList<FittedTransform> transforms)
    {
        var total = sizes.Sum();
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        if (!(total > 0) || !double.IsFinite(total)) return shares;
        for (var i = 0; i < sizes.Length; i++) shares[transforms[i].Column] = sizes[i] / total;
        return shares;
    }

    private static IEnumerable<double> Exchanged(IReadOnlyList<FittedTransform> transforms, FeatureMatrix features, Func<FeatureMatrix, double[]> scores)
    {
        var count = Math.Min(ExchangedRows, features.RowCount);
        int Row(int at) => (int)((long)(at % count) * features.RowCount / count);
        float[][] columns = [.. Enumerable.Range(0, features.FeatureCount).Select(f => Enumerable.Range(0, count).Select(at => features[Row(at), f]).ToArray())];
        var before = scores(new FeatureMatrix(count, columns));
        var first = 0;
        foreach (var transform in transforms)
        {
            var (from, to) = (first, first + transform.FeatureNames.Count);
            first = to;
            // Each row has the values of the one half the rows further on.
            float[][] moved = [.. columns.Select((column, f) => f < from || f >= to ? column : [.. column[(count / 2)..], .. column[..(count / 2)]])];
            yield return before.Zip(scores(new FeatureMatrix(count, moved)), (a, b) => Math.Abs(a - b)).Average();
        }
    }

    private static double Deviation(ReadOnlySpan<float> values)
    {
        var (mean, squares) = (0.0, 0.0);
        foreach (var value in values) mean += value / (double)values.Length;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / values.Length);
    }
}
