using Perennial.Learning.Features;
using Perennial.Learning.Models;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Linear;

/// <summary>Logistic regression, binary or multinomial (softmax), with an L2 penalty, fitted by L-BFGS from the base margins; with an L1 penalty too by its orthant-wise form.</summary>
public static class LogisticRegressionTrainer
{
    /// <summary>Fits. Features must not hold NaN.</summary>
    public static LinearFit Train(FeatureMatrix matrix, TrainingTargets targets, LinearOptions options, CancellationToken cancellationToken) =>
        Minimize(SparseRows.From(matrix), targets, options, cancellationToken);

    /// <summary>Minimises the loss of the targets' task, which may be squared loss.</summary>
    /// <exception cref="ModelTrainingException">There are too many coefficients.</exception>
    internal static LinearFit Minimize(SparseRows rows, TrainingTargets targets, LinearOptions options, CancellationToken cancellationToken)
    {
        LinearObjective.CheckSize(targets.Outputs, rows.FeatureCount);
        var threads = options.Threads == 0 ? Environment.ProcessorCount : options.Threads;
        var scaling = LinearScaling.Of(rows, targets, options.L2);
        var objective = new LinearObjective(rows, targets, scaling, threads);
        var point = new double[objective.Length];
        var stride = rows.FeatureCount + 1;
        var start = BoostingLoss.Of(targets.Task).BaseMargins(targets);
        for (var k = 0; k < targets.Outputs; k++) point[k * stride + rows.FeatureCount] = start[k];
        var (iterations, converged) = options.L1 == 0
            ? new Lbfgs(options.MaxIterations, options.Tolerance).Minimize(point, objective.Evaluate, cancellationToken)
            : new OrthantWise(scaling.Penalties(targets.Outputs, options.L1), options.MaxIterations, options.Tolerance)
                .Minimize(point, objective.Evaluate, cancellationToken);
        scaling.ToCoefficients(point);
        var weights = new float[targets.Outputs][];
        var intercepts = new float[targets.Outputs];
        for (var k = 0; k < targets.Outputs; k++)
        {
            weights[k] = Array.ConvertAll(point[(k * stride)..(k * stride + rows.FeatureCount)], w => (float)w);
            intercepts[k] = (float)point[k * stride + rows.FeatureCount];
        }
        return new LinearFit(new LinearPredictor(weights, intercepts), iterations, converged);
    }
}
