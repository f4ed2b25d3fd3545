using Perennial.Learning.Features;
using Perennial.Learning.Models;

namespace Perennial.Learning.Linear;

/// <summary>
/// Ridge regression: the normal equations by Cholesky where there are few features, L-BFGS on squared loss where there are many. The
/// elastic net, which has an L1 penalty too, is always fitted by descent.
/// </summary>
public static class LinearRegressionTrainer
{
    // Cholesky takes the cube of this many steps.
    private const int MostFeaturesForCholesky = 1024;

    /// <summary>Fits. Features must not hold NaN.</summary>
    public static LinearFit Train(FeatureMatrix matrix, TrainingTargets targets, LinearOptions options, CancellationToken cancellationToken) =>
        Train(SparseRows.From(matrix), targets, options, cancellationToken);

    /// <summary>Fits rows without their zeros.</summary>
    internal static LinearFit Train(SparseRows rows, TrainingTargets targets, LinearOptions options, CancellationToken cancellationToken) =>
        options.L1 == 0 && rows.FeatureCount <= MostFeaturesForCholesky && SolveNormalEquations(rows, targets, options.L2) is { } solved
            ? solved
            : LogisticRegressionTrainer.Minimize(rows, targets, options, cancellationToken);

    private static LinearFit? SolveNormalEquations(SparseRows rows, TrainingTargets targets, double l2)
    {
        var features = rows.FeatureCount;
        var total = targets.TotalWeight();
        var means = new double[features + 1];
        for (var row = 0; row < rows.RowCount; row++)
        {
            rows.AddTo(means, row, targets.Weights[row] / total);
            means[features] += targets.Weights[row] / total * targets.Values[row];
        }
        var (gram, moments) = Moments(rows, targets, total, means);

        // Centring takes the intercept, which is not penalised, out of the equations.
        for (var i = 0; i < features; i++)
        {
            for (var j = 0; j <= i; j++) gram[i][j] -= means[i] * means[j];
            gram[i][i] += l2;
        }
        if (!Cholesky.TrySolve(gram, moments)) return null;
        var intercept = means[features];
        for (var f = 0; f < features; f++) intercept -= moments[f] * means[f];
        var weights = Array.ConvertAll(moments, w => (float)w);
        return new LinearFit(new LinearPredictor([weights], [(float)intercept]), 0, true);
    }

    // The lower triangle of the weighted mean of x x', and the weighted mean of x (y - mean of y).
    private static (double[][] Gram, double[] Moments) Moments(SparseRows rows, TrainingTargets targets, double total, double[] means)
    {
        var features = rows.FeatureCount;
        var gram = new double[features][];
        for (var i = 0; i < features; i++) gram[i] = new double[i + 1];
        var moments = new double[features];
        for (var row = 0; row < rows.RowCount; row++)
        {
            var weight = targets.Weights[row] / total;
            for (var a = rows.Starts[row]; a < rows.Starts[row + 1]; a++)
            {
                var x = weight * rows.Values[a];
                moments[rows.Features[a]] += x * (targets.Values[row] - means[features]);
                var line = gram[rows.Features[a]];
                for (var b = rows.Starts[row]; b <= a; b++) line[rows.Features[b]] += x * rows.Values[b];
            }
        }
        return (gram, moments);
    }
}
