using Perennial.Learning.Features;
using Perennial.Learning.Models;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

/// <summary>The best gain of a split of some rows under squared loss, by trying every threshold, set of levels and side for missing values.</summary>
internal sealed class BruteForceSplits(FeatureMatrix matrix, int[] levelCodes, double[] residuals, double[] weights, BoostedTreesOptions options)
{
    /// <summary>The greatest gain; 0 where nothing may be split.</summary>
    public double BestGain(IReadOnlyList<int> rows) => Enumerable.Range(0, matrix.FeatureCount).Max(f => levelCodes[f] > 0
        ? Enumerable.Range(1, (1 << levelCodes[f]) - 2).Max(set => Gain(rows, r => (set >> (int)matrix[r, f] & 1) != 0))
        : rows.Select(r => matrix[r, f]).Where(x => !float.IsNaN(x)).Distinct().Select(t => Math.Max(
            Gain(rows, r => matrix[r, f] <= t),
            Gain(rows, r => float.IsNaN(matrix[r, f]) || matrix[r, f] <= t))).DefaultIfEmpty().Max());

    /// <summary>The gain of one split; 0 where it is not allowed.</summary>
    public double Gain(IReadOnlyList<int> rows, Func<int, bool> goesLeft)
    {
        var left = rows.Where(goesLeft).ToArray();
        var right = rows.Where(r => !goesLeft(r)).ToArray();
        if (left.Length < options.MinChildRows || right.Length < options.MinChildRows) return 0;
        return Math.Max(0, Score(left) + Score(right) - Score(rows));
    }

    /// <summary>The rows at each node of a tree that count for something, as the scorer sends them.</summary>
    public List<int>[] RowsByNode(Tree tree)
    {
        var byNode = Array.ConvertAll(tree.Feature, _ => new List<int>());
        for (var row = 0; row < matrix.RowCount; row++)
        {
            if (weights[row] == 0) continue;
            var features = new float[matrix.FeatureCount];
            matrix.CopyRow(row, features);
            var parents = Parents(tree);
            for (var node = ReferenceScorer.LeafOf(tree, features); node >= 0; node = parents[node]) byNode[node].Add(row);
        }
        return byNode;
    }

    private static int[] Parents(Tree tree)
    {
        var parents = Array.ConvertAll(tree.Feature, _ => -1);
        for (var node = 0; node < parents.Length; node++)
            if (tree.Feature[node] >= 0) parents[tree.Left[node]] = parents[tree.Right[node]] = node;
        return parents;
    }

    private double Score(IEnumerable<int> rows)
    {
        var (g, h) = (0.0, 0.0);
        foreach (var row in rows) (g, h) = (g + weights[row] * residuals[row], h + weights[row]);
        return g * g / (h + options.L2);
    }
}
