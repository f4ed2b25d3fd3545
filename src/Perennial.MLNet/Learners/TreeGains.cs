using Microsoft.ML.Trainers.FastTree;

namespace Perennial.MLNet.Learners;

/// <summary>What the splits of an ensemble gained, for importances.</summary>
internal static class TreeGains
{
    /// <summary>Every split's feature and gain.</summary>
    public static IReadOnlyList<(int Feature, double Gain)> Of(RegressionTreeEnsemble ensemble) =>
        [.. ensemble.Trees.SelectMany(tree => tree.NumericalSplitFeatureIndexes.Zip(tree.SplitGains))];
}
