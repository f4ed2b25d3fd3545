using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Perennial.MLNet.Learners;

/// <summary>How large the weights of linear models are, for importances.</summary>
internal static class LinearWeights
{
    /// <summary>The size of each feature's weight.</summary>
    public static IReadOnlyList<float> Of(LinearModelParameters model) => [.. model.Weights.Select(Math.Abs)];

    /// <summary>The sum over the classes of the sizes of each feature's weights.</summary>
    public static IReadOnlyList<float> Of(MaximumEntropyModelParameters model)
    {
        VBuffer<float>[] weights = [];
        model.GetWeights(ref weights, out var classes);
        var sizes = new float[weights[0].Length];
        for (var k = 0; k < classes; k++)
            foreach (var (feature, weight) in weights[k].Items()) sizes[feature] += Math.Abs(weight);
        return sizes;
    }
}
