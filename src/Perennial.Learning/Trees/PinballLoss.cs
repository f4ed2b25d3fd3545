using Perennial.Learning.Models;

namespace Perennial.Learning.Trees;

/// <summary>
/// The loss of a quantile (R. Koenker and G. Bassett 1978): alpha times what the target lies above the margin, 1 - alpha times what it lies
/// below. Its gradients only say on which side a row is, so leaves get the quantile of their rows' residuals instead of a Newton step
/// (J. Friedman 2001, "Greedy function approximation", section 4.3). With alpha 1/2 it is half the absolute loss.
/// </summary>
internal sealed class PinballLoss(double alpha) : BoostingLoss
{
    /// <inheritdoc/>
    public override double? LeafQuantile => alpha;

    /// <inheritdoc/>
    public override (double Gradient, double Hessian)? Bounds => (Math.Max(alpha, 1 - alpha), 1);

    /// <inheritdoc/>
    public override float[] BaseMargins(TrainingTargets targets) =>
        [(float)WeightedQuantile.Of([.. targets.Values.Zip(targets.Weights)], alpha)];

    /// <inheritdoc/>
    public override double RowLoss(ReadOnlySpan<double> margins, double target) =>
        target > margins[0] ? alpha * (target - margins[0]) : (1 - alpha) * (margins[0] - target);

    /// <inheritdoc/>
    public override void RowGradients(ReadOnlySpan<double> margins, double target, Span<double> gradients, Span<double> hessians)
    {
        gradients[0] = target > margins[0] ? -alpha : 1 - alpha;
        hessians[0] = 1;
    }
}
