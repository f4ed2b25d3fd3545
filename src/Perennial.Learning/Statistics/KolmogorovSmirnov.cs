namespace Perennial.Learning.Statistics;

/// <summary>The two-sample Kolmogorov-Smirnov test (Smirnov 1948).</summary>
public static class KolmogorovSmirnov
{
    /// <summary>The test of raw values; NaN is skipped. With no value on one side the statistic is 0 and the p-value 1.</summary>
    public static KolmogorovSmirnovTest OfValues(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        var a = Sorted(first);
        var b = Sorted(second);
        double largest = 0;
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            var value = Math.Min(a[i], b[j]);
            while (i < a.Length && a[i] == value) i++;
            while (j < b.Length && b[j] == value) j++;
            largest = Math.Max(largest, Math.Abs(i / (double)a.Length - j / (double)b.Length));
        }
        return Test(largest, a.Length, b.Length);
    }

    /// <summary>
    /// The test of counts over the same ordered bins (leave out a bin of missing values). Binning hides differences inside a bin, so the
    /// statistic is at most that of the raw values and the p-value errs towards "no difference".
    /// </summary>
    /// <exception cref="ArgumentException">The bins differ or a count is negative.</exception>
    public static KolmogorovSmirnovTest OfCounts(ReadOnlySpan<double> firstCounts, ReadOnlySpan<double> secondCounts)
    {
        BinCounts.Check(firstCounts, secondCounts);
        double first = BinCounts.Sum(firstCounts), second = BinCounts.Sum(secondCounts);
        double firstBelow = 0, secondBelow = 0, largest = 0;
        for (var bin = 0; bin < firstCounts.Length && first > 0 && second > 0; bin++)
        {
            firstBelow += firstCounts[bin];
            secondBelow += secondCounts[bin];
            largest = Math.Max(largest, Math.Abs(firstBelow / first - secondBelow / second));
        }
        return Test(largest, first, second);
    }

    /// <summary>
    /// P(sqrt(n) D &gt; <paramref name="x"/>) in the limit of many rows (Kolmogorov 1933): 2 sum of (-1)^(k-1) exp(-2 k^2 x^2), and for
    /// small x the equal theta series that converges there.
    /// </summary>
    public static double LimitingSurvivalFunction(double x)
    {
        if (x <= 0) return 1;
        double sum = 0;
        if (x < 1)
        {
            for (var k = 1; k <= 20; k += 2) sum += Math.Exp(-k * k * Math.PI * Math.PI / (8 * x * x));
            return 1 - Math.Sqrt(2 * Math.PI) / x * sum;
        }
        for (var k = 1; k <= 20; k++) sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        return sum;
    }

    private static KolmogorovSmirnovTest Test(double statistic, double first, double second)
    {
        if (first == 0 || second == 0) return new KolmogorovSmirnovTest(0, 1);
        // Stephens' 1970 correction makes the limit serve from a handful of rows on.
        var root = Math.Sqrt(first * second / (first + second));
        return new KolmogorovSmirnovTest(statistic, Math.Clamp(LimitingSurvivalFunction((root + 0.12 + 0.11 / root) * statistic), 0, 1));
    }

    private static double[] Sorted(ReadOnlySpan<double> values)
    {
        var sorted = new List<double>(values.Length);
        foreach (var value in values)
            if (!double.IsNaN(value)) sorted.Add(value);
        sorted.Sort();
        return [.. sorted];
    }
}

/// <summary>The result of a Kolmogorov-Smirnov test.</summary>
/// <param name="Statistic">The largest distance between the two distribution functions.</param>
/// <param name="PValue">About the chance of so large a distance where nothing differs.</param>
public sealed record KolmogorovSmirnovTest(double Statistic, double PValue);
