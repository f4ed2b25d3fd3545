namespace Perennial.Learning.Statistics;

/// <summary>The chi-squared distribution and Pearson's test (Pearson 1900).</summary>
public static class ChiSquared
{
    /// <summary>P(X &gt; <paramref name="x"/>) for a chi-squared X: Q(df / 2, x / 2), the regularised upper incomplete gamma function.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The degrees of freedom are not positive.</exception>
    public static double SurvivalFunction(double x, double degreesOfFreedom)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(degreesOfFreedom);
        return GammaFunctions.UpperRegularized(degreesOfFreedom / 2, x / 2);
    }

    /// <summary>
    /// Whether two count vectors over the same bins come from one distribution, without continuity correction. Bins that are empty on
    /// both sides do not count; with fewer than two bins or no row on one side nothing can differ and the p-value is 1. Expected
    /// counts below about 5 make the p-value rough: merge rare bins first.
    /// </summary>
    /// <exception cref="ArgumentException">The bins differ or a count is negative.</exception>
    public static ChiSquaredTest Homogeneity(ReadOnlySpan<double> firstCounts, ReadOnlySpan<double> secondCounts)
    {
        BinCounts.Check(firstCounts, secondCounts);
        double first = BinCounts.Sum(firstCounts), second = BinCounts.Sum(secondCounts), statistic = 0;
        var bins = 0;
        for (var bin = 0; bin < firstCounts.Length; bin++)
        {
            var both = firstCounts[bin] + secondCounts[bin];
            if (both == 0) continue;
            bins++;
            statistic += Term(firstCounts[bin], both * first / (first + second)) + Term(secondCounts[bin], both * second / (first + second));
        }
        return bins < 2 || first == 0 || second == 0
            ? new ChiSquaredTest(0, 0, 1)
            : new ChiSquaredTest(statistic, bins - 1, SurvivalFunction(statistic, bins - 1));
    }

    private static double Term(double observed, double expected) =>
        expected > 0 ? (observed - expected) * (observed - expected) / expected : 0;
}

/// <summary>The result of a chi-squared test.</summary>
/// <param name="Statistic">The sum of squared differences over expected counts.</param>
/// <param name="DegreesOfFreedom">Bins that count, less one; 0 where there was nothing to test.</param>
/// <param name="PValue">The chance of so large a statistic where nothing differs.</param>
public sealed record ChiSquaredTest(double Statistic, int DegreesOfFreedom, double PValue);
