using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// The negative log-likelihood of counts whose mean is the exponential of the margin, less what does not depend on the margin:
/// e^m - y m. Targets are at least 0.
/// </summary>
internal sealed class PoissonLoss : BoostingLoss
{
    // Keeps the margin of targets that are nearly all 0 finite.
    private const double LeastMean = 1e-6;

    /// <inheritdoc/>
    public override float[] BaseMargins(TrainingTargets targets)
    {
        for (var row = 0; row < targets.RowCount; row++)
            if (targets.Values[row] < 0)
                throw new ModelTrainingException("label-impossible", $"Row {row} has the label {targets.Values[row]:R}; the Poisson loss is for labels of at least 0.");
        var mean = FixedOrderSums.Sum(targets.RowCount, 1, r => targets.Weights[r] * targets.Values[r]) / targets.TotalWeight();
        return [(float)DeterministicMath.Log(Math.Max(mean, LeastMean))];
    }

    /// <inheritdoc/>
    public override double RowLoss(ReadOnlySpan<double> margins, double target) => DeterministicMath.Exp(margins[0]) - target * margins[0];

    /// <inheritdoc/>
    public override void RowGradients(ReadOnlySpan<double> margins, double target, Span<double> gradients, Span<double> hessians)
    {
        var mean = DeterministicMath.Exp(margins[0]);
        (gradients[0], hessians[0]) = (mean - target, mean);
    }
}
