using Perennial.Learning.Features;

namespace Perennial.Learning.Models;

/// <summary>How much each raw column matters to a model, as shares that sum to 1.</summary>
internal static class Importance
{
    /// <summary>Each column's share of the gain of all splits.</summary>
    public static IReadOnlyDictionary<string, double> OfTrees(IReadOnlyList<FittedTransform> transforms, TreeEnsemblePredictor ensemble)
    {
        var gains = new double[transforms.Sum(t => t.FeatureNames.Count)];
        foreach (var tree in ensemble.Trees)
            for (var node = 0; node < tree.Feature.Length; node++)
                if (tree.Feature[node] >= 0) gains[tree.Feature[node]] += tree.Gain[node];
        return ByColumn(transforms, gains);
    }

    /// <summary>Each column's share of |weight| times standard deviation, over all its features and outputs.</summary>
    public static IReadOnlyDictionary<string, double> OfLinear(
        IReadOnlyList<FittedTransform> transforms, LinearPredictor linear, FeatureMatrix matrix)
    {
        var sizes = new double[matrix.FeatureCount];
        for (var f = 0; f < sizes.Length; f++)
        {
            var deviation = Deviation(matrix.Column(f));
            foreach (var weights in linear.Weights) sizes[f] += Math.Abs(weights[f]) * deviation;
        }
        return ByColumn(transforms, sizes);
    }

    private static double Deviation(ReadOnlySpan<float> values)
    {
        var (sum, squares) = (0.0, 0.0);
        foreach (var value in values) sum += value;
        var mean = sum / values.Length;
        foreach (var value in values) squares += (value - mean) * (value - mean);
        return Math.Sqrt(squares / values.Length);
    }

    private static Dictionary<string, double> ByColumn(IReadOnlyList<FittedTransform> transforms, double[] sizes)
    {
        var total = sizes.Sum();
        var byColumn = new Dictionary<string, double>(StringComparer.Ordinal);
        if (total == 0) return byColumn;
        var feature = 0;
        foreach (var transform in transforms)
        {
            var sum = 0.0;
            for (var i = transform.FeatureNames.Count; i > 0; i--) sum += sizes[feature++];
            byColumn[transform.Column] = sum / total;
        }
        return byColumn;
    }
}
