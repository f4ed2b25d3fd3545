using Perennial.Learning.Numerics;

namespace Perennial.Learning.Calibration;

/// <summary>
/// J. Platt 1999, "Probabilistic outputs for support vector machines", on the log-odds, with his smoothed targets, solved by Newton's
/// method with backtracking as H.-T. Lin, C.-J. Lin and R. Weng 2007, "A note on Platt's probabilistic outputs", lay it down. A row of
/// weight 2 counts as two rows, in the targets too.
/// </summary>
internal static class PlattFit
{
    private const int MostIterations = 100;
    private const double Ridge = 1e-12, SmallestStep = 1e-10, Tolerance = 1e-10;

    public static PlattCalibrator Fit(ReadOnlySpan<double> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights)
    {
        var x = new double[labels.Length];
        var (positives, negatives) = (0.0, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            x[i] = Calibrator.LogOdds(scores[i]);
            if (labels[i] == 1) positives += weights[i];
            else negatives += weights[i];
        }
        var (high, low) = ((positives + 1) / (positives + 2), 1 / (negatives + 2));
        var targets = new double[x.Length];
        for (var i = 0; i < x.Length; i++) targets[i] = labels[i] == 1 ? high : low;
        var (slope, intercept) = (0.0, DeterministicMath.Log((positives + 1) / (negatives + 1)));
        var loss = Loss(x, targets, weights, slope, intercept);
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            var (stepSlope, stepIntercept, decrease, steepest) = Step(x, targets, weights, slope, intercept);
            if (steepest < Tolerance * (positives + negatives)) break;
            var length = 1.0;
            while (length >= SmallestStep)
            {
                var (a, b) = (slope + (length * stepSlope), intercept + (length * stepIntercept));
                var tried = Loss(x, targets, weights, a, b);
                if (tried < loss + (1e-4 * length * decrease))
                {
                    (slope, intercept, loss) = (a, b, tried);
                    break;
                }
                length /= 2;
            }
            if (length < SmallestStep) break;
        }
        return new PlattCalibrator(slope, intercept);
    }

    // The Newton step, the loss's slope along it, and the largest element of the gradient.
    private static (double Slope, double Intercept, double Decrease, double Steepest) Step(
        double[] x, double[] targets, ReadOnlySpan<double> weights, double slope, double intercept)
    {
        var (g1, g2, h11, h22, h21) = (0.0, 0.0, Ridge, Ridge, 0.0);
        for (var i = 0; i < x.Length; i++)
        {
            var p = DeterministicMath.Sigmoid((slope * x[i]) + intercept);
            var (d1, d2) = (weights[i] * (p - targets[i]), weights[i] * p * (1 - p));
            g1 += d1 * x[i];
            g2 += d1;
            h11 += d2 * x[i] * x[i];
            h22 += d2;
            h21 += d2 * x[i];
        }
        var determinant = (h11 * h22) - (h21 * h21);
        var (a, b) = (-((h22 * g1) - (h21 * g2)) / determinant, -((h11 * g2) - (h21 * g1)) / determinant);
        return (a, b, (g1 * a) + (g2 * b), Math.Max(Math.Abs(g1), Math.Abs(g2)));
    }

    private static double Loss(double[] x, double[] targets, ReadOnlySpan<double> weights, double slope, double intercept)
    {
        var sum = 0.0;
        for (var i = 0; i < x.Length; i++)
        {
            var margin = (slope * x[i]) + intercept;
            sum += weights[i] * (DeterministicMath.Softplus(margin) - (targets[i] * margin));
        }
        return sum;
    }
}
