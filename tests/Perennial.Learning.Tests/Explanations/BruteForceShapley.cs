using System.Numerics;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Explanations;

/// <summary>Shapley values by their definition: every coalition of features, for few features only.</summary>
internal static class BruteForceShapley
{
    public static double[] Explain(Tree tree, float[] features)
    {
        var count = features.Length;
        var values = Enumerable.Range(0, 1 << count).Select(coalition => Expectation(tree, 0, features, coalition)).ToArray();
        var shapley = new double[count];
        for (var coalition = 0; coalition < values.Length; coalition++)
        {
            var size = BitOperations.PopCount((uint)coalition);
            for (var feature = 0; feature < count; feature++)
            {
                if ((coalition >> feature & 1) != 0) continue;
                var weight = Factorial(size) * Factorial(count - size - 1) / Factorial(count);
                shapley[feature] += weight * (values[coalition | 1 << feature] - values[coalition]);
            }
        }
        return shapley;
    }

    /// <summary>The mean leaf where only the coalition's features are known.</summary>
    public static double Expectation(Tree tree, int node, float[] features, int coalition)
    {
        if (tree.Feature[node] < 0) return tree.Value[node];
        var (left, right) = (tree.Left[node], tree.Right[node]);
        if ((coalition >> tree.Feature[node] & 1) != 0)
            return Expectation(tree, GoesLeft(tree, node, features[tree.Feature[node]]) ? left : right, features, coalition);
        return (tree.Cover[left] * Expectation(tree, left, features, coalition)
            + tree.Cover[right] * Expectation(tree, right, features, coalition)) / tree.Cover[node];
    }

    private static bool GoesLeft(Tree tree, int node, float x) =>
        float.IsNaN(x) ? tree.MissingLeft[node]
        : tree.IsLevel[node] ? tree.SetAt(node) is { } set ? set.Codes.Any(code => code == x) : x == tree.Threshold[node]
        : x <= tree.Threshold[node];

    private static double Factorial(int n) => n < 2 ? 1 : n * Factorial(n - 1);
}
