using Perennial.Learning.Numerics;

namespace Perennial.Learning.Statistics;

/// <summary>The Jensen-Shannon distance (Lin 1991; a metric by Endres and Schindelin 2003).</summary>
public static class JensenShannon
{
    /// <summary>
    /// The square root of the Jensen-Shannon divergence in bits of two count vectors over the same bins, from 0 (equal shares) to 1
    /// (no bin in common); NaN where one side has no row. Nothing is smoothed.
    /// </summary>
    /// <exception cref="ArgumentException">The bins differ or a count is negative.</exception>
    public static double Distance(ReadOnlySpan<double> firstCounts, ReadOnlySpan<double> secondCounts)
    {
        BinCounts.Check(firstCounts, secondCounts);
        double first = BinCounts.Sum(firstCounts), second = BinCounts.Sum(secondCounts), divergence = 0;
        if (first == 0 || second == 0) return double.NaN;
        for (var bin = 0; bin < firstCounts.Length; bin++)
        {
            double p = firstCounts[bin] / first, q = secondCounts[bin] / second, middle = (p + q) / 2;
            if (p > 0) divergence += p / 2 * DeterministicMath.Log(p / middle);
            if (q > 0) divergence += q / 2 * DeterministicMath.Log(q / middle);
        }
        return Math.Sqrt(Math.Clamp(divergence / DeterministicMath.Log(2), 0, 1));
    }
}
