using Perennial.Learning.Models;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Calibration;

/// <summary>
/// One temperature for all classes (C. Guo, G. Pleiss, Y. Sun and K. Weinberger 2017, "On calibration of modern neural networks"). The log
/// loss is convex in its inverse: Newton's method finds it.
/// </summary>
internal static class TemperatureFit
{
    private const int MostIterations = 100;
    private const double Coldest = 1e-3, Hottest = 1e3, Tolerance = 1e-12;

    public static TemperatureCalibrator Fit(ReadOnlySpan<double> labels, Scores scores, ReadOnlySpan<double> weights)
    {
        var logits = new double[scores.Values.Length];
        for (var i = 0; i < logits.Length; i++) logits[i] = Calibrator.Logit(scores.Values[i]);
        var inverse = 1.0;
        for (var iteration = 0; iteration < MostIterations; iteration++)
        {
            var (slope, curvature) = Derivatives(labels, logits, scores.Outputs, weights, inverse);
            if (!(curvature > 0)) break;
            // Half of the way at most, or twice: far from the minimum the curvature says little.
            var next = Math.Clamp(inverse - (slope / curvature), Math.Max(inverse / 2, 1 / Hottest), Math.Min(inverse * 2, 1 / Coldest));
            var moved = Math.Abs(next - inverse);
            inverse = next;
            if (moved <= Tolerance * inverse) break;
        }
        return new TemperatureCalibrator(1 / inverse);
    }

    // With p the softmax of inverse times z: the mean of E[z] - z of the label, and the mean variance of z.
    private static (double Slope, double Curvature) Derivatives(
        ReadOnlySpan<double> labels, double[] logits, int outputs, ReadOnlySpan<double> weights, double inverse)
    {
        var p = new double[outputs];
        var (slope, curvature) = (0.0, 0.0);
        for (var row = 0; row < labels.Length; row++)
        {
            var z = logits.AsSpan(row * outputs, outputs);
            for (var k = 0; k < outputs; k++) p[k] = inverse * z[k];
            DeterministicMath.Softmax(p);
            var (mean, square) = (0.0, 0.0);
            for (var k = 0; k < outputs; k++) mean += p[k] * z[k];
            for (var k = 0; k < outputs; k++) square += p[k] * (z[k] - mean) * (z[k] - mean);
            slope += weights[row] * (mean - z[(int)labels[row]]);
            curvature += weights[row] * square;
        }
        return (slope, curvature);
    }
}
