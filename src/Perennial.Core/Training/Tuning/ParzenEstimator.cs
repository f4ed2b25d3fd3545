using Perennial.Learning.Numerics;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Training.Tuning;

/// <summary>
/// A density on [0, 1]: a normal kernel at every observation and one in the middle as prior, each cut off at the ends (Bergstra et al. 2011,
/// "Algorithms for Hyper-Parameter Optimization", section 4.1). A kernel is as wide as the gap to its farther neighbour, but no narrower than
/// 1 / min(100, kernels + 1): the widths of Hyperopt and Optuna. Pure, with an exp and a log that are the same on every machine.
/// </summary>
internal sealed class ParzenEstimator
{
    private const double InverseSqrtTwoPi = 0.3989422804014327;

    private readonly double[] _means;
    private readonly double[] _widths;
    private readonly double[] _scales;

    /// <summary>The density around some observations in [0, 1]; none gives the prior alone.</summary>
    public ParzenEstimator(IReadOnlyList<double> observations)
    {
        const double prior = 0.5;
        _means = [.. observations.Append(prior).Order()];
        var least = 1.0 / Math.Min(100, _means.Length + 1);
        var priorAt = Array.IndexOf(_means, prior);
        _widths = new double[_means.Length];
        _scales = new double[_means.Length];
        for (var i = 0; i < _means.Length; i++)
        {
            var left = i == 0 ? 0 : _means[i] - _means[i - 1];
            var right = i == _means.Length - 1 ? 0 : _means[i + 1] - _means[i];
            _widths[i] = i == priorAt ? 1 : Math.Clamp(Math.Max(left, right), least, 1);
            _scales[i] = 1 / (Cumulative((1 - _means[i]) / _widths[i]) - Cumulative(-_means[i] / _widths[i]));
        }
    }

    /// <summary>The logarithm of the density at a point of [0, 1].</summary>
    public double LogDensity(double at)
    {
        double sum = 0;
        for (var i = 0; i < _means.Length; i++)
        {
            var z = (at - _means[i]) / _widths[i];
            sum += InverseSqrtTwoPi * DeterministicMath.Exp(-0.5 * z * z) / _widths[i] * _scales[i];
        }
        return DeterministicMath.Log(sum / _means.Length);
    }

    /// <summary>Draws a point.</summary>
    public double Sample(Xoshiro256 random)
    {
        var kernel = random.Next(_means.Length);
        // At least a third of a kernel lies inside, since its middle does and it is no wider than the interval.
        while (true)
        {
            var at = _means[kernel] + (_widths[kernel] * StandardNormal(random));
            if (at is >= 0 and <= 1) return at;
        }
    }

    /// <summary>A standard normal number by the polar method (Marsaglia and Bray 1964), which needs no sine.</summary>
    private static double StandardNormal(Xoshiro256 random)
    {
        while (true)
        {
            var (u, v) = ((2 * random.NextDouble()) - 1, (2 * random.NextDouble()) - 1);
            var s = (u * u) + (v * v);
            if (s is > 0 and < 1) return u * Math.Sqrt(-2 * DeterministicMath.Log(s) / s);
        }
    }

    /// <summary>P(Z &lt;= z) to 1e-7: Abramowitz and Stegun 1964, 26.2.17. It only scales kernels, so seven digits are plenty.</summary>
    private static double Cumulative(double z)
    {
        var x = Math.Abs(z);
        var t = 1 / (1 + (0.2316419 * x));
        var tail = InverseSqrtTwoPi * DeterministicMath.Exp(-0.5 * x * x)
            * t * (0.319381530 + (t * (-0.356563782 + (t * (1.781477937 + (t * (-1.821255978 + (t * 1.330274429))))))));
        return z < 0 ? tail : 1 - tail;
    }
}
