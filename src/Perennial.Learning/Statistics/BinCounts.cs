namespace Perennial.Learning.Statistics;

/// <summary>Checks that two count vectors can be compared.</summary>
internal static class BinCounts
{
    /// <exception cref="ArgumentException">Lengths differ, there is no bin, or a count is negative or not finite.</exception>
    public static void Check(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length || first.Length == 0)
            throw new ArgumentException($"Both sides need the same bins, at least one; there are {first.Length} and {second.Length}.");
        Check(first);
        Check(second);
    }

    public static double Sum(ReadOnlySpan<double> counts)
    {
        double sum = 0;
        foreach (var count in counts) sum += count;
        return sum;
    }

    private static void Check(ReadOnlySpan<double> counts)
    {
        foreach (var count in counts)
            if (!(count >= 0 && double.IsFinite(count))) throw new ArgumentException($"{count} is no count.");
    }
}
