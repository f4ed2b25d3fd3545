using Perennial.Learning.Features;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Linear;

/// <summary>Sixty rows by formula and scikit-learn's coefficients for them; <c>scikit_learn_values.py</c> prints both.</summary>
internal static class ScikitLearnRows
{
    public const double L2 = 0.01;

    /// <summary>Weights, then the intercept.</summary>
    public static readonly double[] Ridge = [2.046067601152, -1.050480594619, 2.766171313787, -0.166092104955, 1.251449258942];

    public static readonly double[] Binary = [1.705500973540, -1.695184524376, -0.939180150458, 0.611999322641, -3.458626297725];

    public static readonly double[][] Multinomial =
    [
        [-1.537782030598, 0.819770838402, -0.760801983889, 0.056799673744, 3.484730077750],
        [0.868814649109, -1.601746299223, 0.350493292892, 0.052831169407, -0.664461051745],
        [0.668967381489, 0.781975460821, 0.410308690997, -0.109630843152, -2.820269026005],
    ];

    public static readonly double[] ElasticNet = [1.958837805476, -0.948419048786, 1.073368146796, 0, 1.676687056737];

    public static readonly double[] BinaryElasticNet = [1.191965450791, -1.001448888759, 0, 0, -2.801590410806];

    public static readonly double[][] MultinomialElasticNet =
    [
        [-1.433086222418, 0, 0, 0, 2.606633806438],
        [0.073512434505, -1.333356429734, 0, 0, -0.398442010499],
        [0, 0.255461962757, 0, 0, -2.208191795939],
    ];

    private static readonly int[] Rows = [.. Enumerable.Range(0, 60)];

    public static readonly FeatureMatrix Matrix = new(60, [
        [.. Rows.Select(i => i * 37 % 60 / 8f)],
        [.. Rows.Select(i => i * i % 17 / 4f)],
        [.. Rows.Select(i => i % 5 == 0 ? 1f : 0f)],
        [.. Rows.Select(i => i % 5 == 1 ? 1f : 0f)]]);

    public static TrainingTargets Targets(TaskKind task) =>
        new(task, task == TaskKind.Multiclass ? 3 : 1, [.. Rows.Select(i => Label(task, i))], [.. Rows.Select(i => 1.0 + i % 3)]);

    private static double Label(TaskKind task, int i)
    {
        var (x0, x1, noise) = (Matrix[i, 0], Matrix[i, 1], i * 7 % 11 / 4.0);
        return task switch
        {
            TaskKind.Regression => 2 * x0 - x1 + 3 * Matrix[i, 2] + noise,
            TaskKind.Binary => x0 - x1 + noise > 3.5 ? 1 : 0,
            _ => x0 + noise < 4 ? 0 : x1 + noise < 3 ? 1 : 2,
        };
    }
}
