using Perennial.Learning.Features;
using Perennial.Learning.Models;

namespace Perennial.Learning.Linear;

/// <summary>
/// Coordinates in which a linear model is quickly found: features centred, and each weight multiplied with the root of about its
/// diagonal element of the Hessian. The minimum is the same, penalty included; only the path to it is shorter. A point holds output by
/// output the scaled weights and then the margin at the mean row.
/// </summary>
internal sealed class LinearScaling
{
    private readonly double[] _means;
    private readonly double[] _scales;
    private readonly double _l2;

    private LinearScaling(double[] means, double[] scales, double l2) => (_means, _scales, _l2) = (means, scales, l2);

    /// <summary>The scaling of weighted rows.</summary>
    public static LinearScaling Of(SparseRows rows, TrainingTargets targets, double l2)
    {
        // The greatest second derivative of a row's loss by its margin.
        var curvature = targets.Task == TaskKind.Regression ? 1 : 0.25;
        var total = targets.TotalWeight();
        var (means, squares) = (new double[rows.FeatureCount], new double[rows.FeatureCount]);
        for (var row = 0; row < rows.RowCount; row++)
        {
            var weight = targets.Weights[row] / total;
            for (var i = rows.Starts[row]; i < rows.Starts[row + 1]; i++)
            {
                means[rows.Features[i]] += weight * rows.Values[i];
                squares[rows.Features[i]] += weight * rows.Values[i] * rows.Values[i];
            }
        }
        var scales = new double[means.Length];
        for (var f = 0; f < scales.Length; f++)
        {
            var diagonal = curvature * Math.Max(0, squares[f] - means[f] * means[f]) + l2;
            scales[f] = diagonal > 0 ? Math.Sqrt(diagonal) : 1;
        }
        return new LinearScaling(means, scales, l2);
    }

    /// <summary>What the magnitudes of a point's elements are multiplied with so that those of the weights are with <paramref name="l1"/>.</summary>
    public double[] Penalties(int outputs, double l1)
    {
        var penalties = new double[outputs * (_scales.Length + 1)];
        for (var i = 0; i < penalties.Length; i++)
            if (i % (_scales.Length + 1) is var f && f < _scales.Length) penalties[i] = l1 / _scales[f];
        return penalties;
    }

    /// <summary>Turns a point into weights and intercepts, in place.</summary>
    public void ToCoefficients(Span<double> point)
    {
        for (var start = 0; start < point.Length; start += _means.Length + 1)
        {
            for (var f = 0; f < _means.Length; f++)
            {
                point[start + f] /= _scales[f];
                point[start + _means.Length] -= point[start + f] * _means[f];
            }
        }
    }

    /// <summary>
    /// Turns the loss's gradient by weights and intercepts into the objective's gradient by the point, in place, and returns the penalty.
    /// </summary>
    public double ToGradient(ReadOnlySpan<double> coefficients, Span<double> gradient)
    {
        var penalty = 0.0;
        for (var start = 0; start < gradient.Length; start += _means.Length + 1)
        {
            var byIntercept = gradient[start + _means.Length];
            for (var f = 0; f < _means.Length; f++)
            {
                var weight = coefficients[start + f];
                gradient[start + f] = (gradient[start + f] - _means[f] * byIntercept + _l2 * weight) / _scales[f];
                penalty += _l2 / 2 * weight * weight;
            }
        }
        return penalty;
    }
}
