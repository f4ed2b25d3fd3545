namespace Perennial.Learning.Statistics;

/// <summary>Control of the false discovery rate over many tests (Benjamini and Hochberg 1995, step-up).</summary>
public static class BenjaminiHochberg
{
    /// <summary>
    /// Adjusted p-values in the order given: rejecting those at or below q keeps the expected share of false alarms among the alarms at
    /// or below q, for independent or positively dependent tests.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A p-value is outside [0, 1].</exception>
    public static double[] Adjust(ReadOnlySpan<double> pValues)
    {
        var sorted = pValues.ToArray();
        foreach (var p in sorted)
            if (!(p is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(pValues), p, "A p-value is between 0 and 1.");
        var order = Enumerable.Range(0, sorted.Length).ToArray();
        Array.Sort(sorted, order);
        var adjusted = new double[sorted.Length];
        var smallest = 1.0;
        for (var rank = sorted.Length; rank >= 1; rank--)
        {
            smallest = Math.Min(smallest, sorted[rank - 1] * sorted.Length / rank);
            adjusted[order[rank - 1]] = smallest;
        }
        return adjusted;
    }
}
