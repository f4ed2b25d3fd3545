using Perennial.Learning.Features;
using Perennial.MLNet.Learners;

namespace Perennial.MLNet;

/// <summary>How much each raw column matters, as shares that sum to 1: of the gain of all splits, or of |weight| times standard deviation.</summary>
internal static class ColumnImportance
{
    /// <summary>The shares; empty where the learner tells nothing or nothing matters.</summary>
    public static IReadOnlyDictionary<string, double> Of(IReadOnlyList<FittedTransform> transforms, FeatureMatrix features, FittedLearner learned)
    {
        var sizes = new double[features.FeatureCount];
        foreach (var (feature, gain) in learned.Gains ?? []) sizes[feature] += Math.Max(0, gain);
        if (learned.Weights is { } weights)
            for (var f = 0; f < sizes.Length; f++) sizes[f] = weights[f] * Deviation(features.Column(f));
        var total = sizes.Sum();
        var shares = new Dictionary<string, double>(StringComparer.Ordinal);
        if (!(total > 0) || !double.IsFinite(total)) return shares;
        var next = 0;
        foreach (var transform in transforms)
        {
            var sum = 0.0;
            for (var i = transform.FeatureNames.Count; i > 0; i--) sum += sizes[next++];
            shares[transform.Column] = sum / total;
        }
        return shares;
    }

    private static double Deviation(ReadOnlySpan<float> values)
    {
        var (mean, squares) = (0.0, 0.0);
        foreach (var value in values) mean += value / (double)values.Length;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / values.Length);
    }
}
