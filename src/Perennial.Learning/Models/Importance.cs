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
        IReadOnlyList<FittedTransform> transforms, LinearPredictor linear, SparseRows rows)
    {
        var sizes = Deviations(rows);
        for (var f = 0; f < sizes.Length; f++) sizes[f] *= linear.Weights.Sum(weights => Math.Abs((double)weights[f]));
        return ByColumn(transforms, sizes);
    }

    // Of every feature, over all rows; what is not stored is zero.
    private static double[] Deviations(SparseRows rows)
    {
        var (means, squares, stored) = (new double[rows.FeatureCount], new double[rows.FeatureCount], new int[rows.FeatureCount]);
        for (var i = 0; i < rows.Features.Length; i++) means[rows.Features[i]] += rows.Values[i] / rows.RowCount;
        for (var i = 0; i < rows.Features.Length; i++)
        {
            var f = rows.Features[i];
            squares[f] += (rows.Values[i] - means[f]) * (rows.Values[i] - means[f]);
            stored[f]++;
        }
        return [.. squares.Select((sum, f) => Math.Sqrt((sum + (rows.RowCount - stored[f]) * means[f] * means[f]) / rows.RowCount))];
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
