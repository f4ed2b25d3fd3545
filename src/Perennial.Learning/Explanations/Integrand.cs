using System.Runtime.Intrinsics;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Explanations;

/// <summary>A quadrature rule in vectors of four; what fills up the last one weighs nothing.</summary>
internal sealed record QuadratureRule(Vector256<double>[] Points, Vector256<double>[] Weights)
{
    /// <summary>The smallest rule that is exact for polynomials below a degree.</summary>
    public static QuadratureRule ForDegreeBelow(int degree)
    {
        var (points, weights) = GaussLegendre.Rule(Math.Max(1, (degree + 1) / 2));
        return new QuadratureRule(InFours(points, 0.5), InFours(weights, 0));
    }

    private static Vector256<double>[] InFours(double[] values, double filling) =>
        [.. values.Chunk(Vector256<double>.Count).Select(four => Vector256.Create([.. four, .. Enumerable.Repeat(filling, Vector256<double>.Count - four.Length)]))];
}

/// <summary>
/// The product under the integral of <see cref="TreeExplainer"/>, at all points of a rule at once. Four lanes and one order of addition
/// whatever the hardware, so that the same row has the same bits everywhere.
/// </summary>
internal readonly ref struct Integrand
{
    private readonly Vector256<double>[] _points;
    private readonly Span<Vector256<double>> _values;

    /// <summary>The empty product, with the rule's weights.</summary>
    public Integrand(QuadratureRule rule, Span<Vector256<double>> buffer)
    {
        _points = rule.Points;
        _values = buffer[.._points.Length];
        rule.Weights.CopyTo(_values);
    }

    /// <summary>Multiplies by z + t (1 - z): a feature whose tests the row passes.</summary>
    public void Pass(double share)
    {
        for (var q = 0; q < _values.Length; q++) _values[q] *= Factor(q, share);
    }

    /// <summary>Multiplies by 1 - t: a feature whose tests it fails.</summary>
    public void Fail()
    {
        for (var q = 0; q < _values.Length; q++) _values[q] *= Vector256<double>.One - _points[q];
    }

    /// <summary>The integral.</summary>
    public double Sum()
    {
        var sum = Vector256<double>.Zero;
        foreach (var value in _values) sum += value;
        return Add(sum);
    }

    /// <summary>The integral without the factor of one feature that was passed.</summary>
    public double SumWithout(double share)
    {
        var sum = Vector256<double>.Zero;
        for (var q = 0; q < _values.Length; q++) sum += _values[q] / Factor(q, share);
        return Add(sum);
    }

    private Vector256<double> Factor(int q, double share) => Vector256.Create(share) + _points[q] * Vector256.Create(1 - share);

    private static double Add(Vector256<double> lanes) => lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}
