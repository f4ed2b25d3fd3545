using Perennial.Learning.Numerics;

namespace Perennial.Learning.Statistics;

/// <summary>
/// The population stability index of two count vectors over the same bins, the sum of (a - e) ln(a / e) over the bins' shares, which
/// is the symmetric Kullback-Leibler divergence (Jeffreys 1946; Siddiqi 2006, "Credit Risk Scorecards", for its use and the customary
/// 0.1 and 0.25).
/// </summary>
public static class PopulationStability
{
    // Half a row a bin (Jeffreys' prior), so that an empty bin on one side gives a large value and not infinity.
    private const double Smoothing = 0.5;

    /// <summary>The index; 0 for equal shares. Half a row is added to each bin on both sides.</summary>
    /// <exception cref="ArgumentException">The bins differ or a count is negative.</exception>
    public static double Index(ReadOnlySpan<double> expectedCounts, ReadOnlySpan<double> actualCounts)
    {
        BinCounts.Check(expectedCounts, actualCounts);
        var expectedTotal = BinCounts.Sum(expectedCounts) + Smoothing * expectedCounts.Length;
        var actualTotal = BinCounts.Sum(actualCounts) + Smoothing * actualCounts.Length;
        double index = 0;
        for (var bin = 0; bin < expectedCounts.Length; bin++)
        {
            var expected = (expectedCounts[bin] + Smoothing) / expectedTotal;
            var actual = (actualCounts[bin] + Smoothing) / actualTotal;
            index += (actual - expected) * DeterministicMath.Log(actual / expected);
        }
        return index;
    }

    /// <summary>
    /// What the index comes to on average when nothing has changed, (bins - 1)(1/n + 1/m), since it follows a scaled chi-squared
    /// distribution (Yurdakul 2018, "Statistical properties of the population stability index"). Below a few times this, a value
    /// says nothing, however it compares with 0.1.
    /// </summary>
    public static double MeanWithoutDrift(int bins, double expectedRows, double actualRows) =>
        (bins - 1) * (1 / expectedRows + 1 / actualRows);
}
