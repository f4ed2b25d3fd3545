using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// A loss that boosting lowers. Margins are row-major, one an output; gradients and hessians are those of a row's weighted loss with
/// respect to one margin (hessians: the diagonal).
/// </summary>
internal abstract class BoostingLoss
{
    // Keeps the margin of a class that hardly occurs finite.
    private const double LeastShare = 1e-6;

    /// <summary>The usual loss of a task: the log loss of classes, the squared one of numbers.</summary>
    public static BoostingLoss Of(TaskKind task) => Of(task, new BoostedTreesOptions());

    /// <summary>The loss of a task that the options name.</summary>
    public static BoostingLoss Of(TaskKind task, BoostedTreesOptions options) => task switch
    {
        TaskKind.Binary => new BinaryLogLoss(),
        TaskKind.Multiclass => new SoftmaxLogLoss(),
        TaskKind.Regression => options.Loss switch
        {
            RegressionLoss.Squared => new SquaredLoss(),
            RegressionLoss.Absolute => new PinballLoss(0.5),
            RegressionLoss.Quantile => new PinballLoss(options.Quantile),
            RegressionLoss.Poisson => new PoissonLoss(),
            _ => throw new ArgumentOutOfRangeException(nameof(options), options.Loss, "There is no such loss."),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(task), task, "There is no loss for this task."),
    };

    /// <summary>Which quantile of their rows' residuals leaves get; null where they get a Newton step.</summary>
    public virtual double? LeafQuantile => null;

    /// <summary>The constant margins with the least loss.</summary>
    public abstract float[] BaseMargins(TrainingTargets targets);

    /// <summary>The loss of one row, unweighted.</summary>
    public abstract double RowLoss(ReadOnlySpan<double> margins, double target);

    /// <summary>Gradients and hessians of one row, unweighted, one an output.</summary>
    public abstract void RowGradients(ReadOnlySpan<double> margins, double target, Span<double> gradients, Span<double> hessians);

    /// <summary>Whether rows that fall into the same bins may be one with their mean target; see <see cref="CollapsedRows"/>.</summary>
    public virtual bool MayCollapse => false;

    /// <summary>The greatest magnitude of a gradient and the greatest hessian of a row of weight 1; null where there is none.</summary>
    public virtual (double Gradient, double Hessian)? Bounds => null;

    /// <summary>Gradients and hessians of many rows of a loss with one output, unweighted.</summary>
    public virtual void Fill(ReadOnlySpan<double> margins, ReadOnlySpan<double> targets, Span<double> gradients, Span<double> hessians)
    {
        for (var row = 0; row < margins.Length; row++)
            RowGradients(margins.Slice(row, 1), targets[row], gradients.Slice(row, 1), hessians.Slice(row, 1));
    }

    /// <summary>The weighted mean loss of all rows.</summary>
    public double MeanLoss(double[] margins, TrainingTargets targets, int threads)
    {
        var outputs = targets.Outputs;
        var sum = FixedOrderSums.Sum(targets.RowCount, threads,
            row => targets.Weights[row] * RowLoss(margins.AsSpan(row * outputs, outputs), targets.Values[row]));
        return sum / targets.TotalWeight();
    }

    /// <summary>The weighted share of each class.</summary>
    protected static double[] Shares(TrainingTargets targets, int classes)
    {
        var shares = new double[classes];
        for (var row = 0; row < targets.RowCount; row++) shares[(int)targets.Values[row]] += targets.Weights[row];
        var total = targets.TotalWeight();
        for (var k = 0; k < classes; k++) shares[k] = Math.Max(shares[k] / total, LeastShare);
        return shares;
    }

    private sealed class BinaryLogLoss : BoostingLoss
    {
        public override float[] BaseMargins(TrainingTargets targets)
        {
            var shares = Shares(targets, 2);
            return [(float)(DeterministicMath.Log(shares[1]) - DeterministicMath.Log(shares[0]))];
        }

        public override double RowLoss(ReadOnlySpan<double> margins, double target) =>
            DeterministicMath.Softplus(target > 0 ? -margins[0] : margins[0]);

        public override void RowGradients(ReadOnlySpan<double> margins, double target, Span<double> gradients, Span<double> hessians)
        {
            var p = DeterministicMath.Sigmoid(margins[0]);
            gradients[0] = p - target;
            hessians[0] = p * (1 - p);
        }

        public override bool MayCollapse => true;

        public override (double Gradient, double Hessian)? Bounds => (1, 0.25);

        public override void Fill(ReadOnlySpan<double> margins, ReadOnlySpan<double> targets, Span<double> gradients, Span<double> hessians) =>
            LogLossKernel.Best.Fill(margins, targets, gradients, hessians);
    }

    private sealed class SoftmaxLogLoss : BoostingLoss
    {
        public override float[] BaseMargins(TrainingTargets targets) =>
            [.. Shares(targets, targets.Outputs).Select(share => (float)DeterministicMath.Log(share))];

        public override double RowLoss(ReadOnlySpan<double> margins, double target)
        {
            var max = margins[0];
            foreach (var margin in margins) max = Math.Max(max, margin);
            var sum = 0.0;
            foreach (var margin in margins) sum += DeterministicMath.Exp(margin - max);
            return DeterministicMath.Log(sum) + max - margins[(int)target];
        }

        // The diagonal of the hessian underestimates curvature, as classes move together; k / (k - 1) makes up for it (Friedman 2001,
        // "Greedy function approximation", algorithm 6).
        public override void RowGradients(ReadOnlySpan<double> margins, double target, Span<double> gradients, Span<double> hessians)
        {
            margins.CopyTo(gradients);
            DeterministicMath.Softmax(gradients);
            var factor = (double)margins.Length / (margins.Length - 1);
            for (var k = 0; k < margins.Length; k++)
            {
                hessians[k] = factor * gradients[k] * (1 - gradients[k]);
                if (k == (int)target) gradients[k] -= 1;
            }
        }
    }

    private sealed class SquaredLoss : BoostingLoss
    {
        public override bool MayCollapse => true;

        public override float[] BaseMargins(TrainingTargets targets) =>
            [(float)(FixedOrderSums.Sum(targets.RowCount, 1, r => targets.Weights[r] * targets.Values[r]) / targets.TotalWeight())];

        public override double RowLoss(ReadOnlySpan<double> margins, double target) =>
            (margins[0] - target) * (margins[0] - target) / 2;

        public override void RowGradients(ReadOnlySpan<double> margins, double target, Span<double> gradients, Span<double> hessians)
        {
            gradients[0] = margins[0] - target;
            hessians[0] = 1;
        }
    }
}
