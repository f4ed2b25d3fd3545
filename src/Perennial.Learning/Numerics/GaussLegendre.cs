using System.Collections.Concurrent;

namespace Perennial.Learning.Numerics;

/// <summary>
/// Gauss-Legendre quadrature on 0 to 1: n points integrate every polynomial of degree 2n - 1 exactly (NIST Digital Library of
/// Mathematical Functions, 3.5(v)). The points are the roots of the Legendre polynomial, found by Newton's method.
/// </summary>
internal static class GaussLegendre
{
    private static readonly ConcurrentDictionary<int, (double[] Points, double[] Weights)> Rules = new();

    /// <summary>The points, ascending, and their weights, which sum to 1. Not to be changed.</summary>
    public static (double[] Points, double[] Weights) Rule(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Rules.GetOrAdd(count, Find);
    }

    private static (double[] Points, double[] Weights) Find(int count)
    {
        var (points, weights) = (new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            // A first guess to about 1e-3 (Abramowitz and Stegun 22.16.6); each step doubles the digits.
            var x = -Math.Cos(Math.PI * (i + 0.75) / (count + 0.5));
            for (var step = 0; step < 8; step++)
            {
                var (value, slope) = Legendre(count, x);
                x -= value / slope;
            }
            var derivative = Legendre(count, x).Slope;
            points[i] = (1 + x) / 2;
            weights[i] = 1 / ((1 - x * x) * derivative * derivative);
        }
        return (points, weights);
    }

    private static (double Value, double Slope) Legendre(int degree, double x)
    {
        var (before, value) = (1.0, x);
        for (var n = 2; n <= degree; n++) (before, value) = (value, ((2 * n - 1) * x * value - (n - 1) * before) / n);
        return (value, degree * (x * value - before) / (x * x - 1));
    }
}
