namespace Perennial.Learning.Trees;

/// <summary>The quantile of weighted values: the least value up to which lies at least that share of the weight.</summary>
internal static class WeightedQuantile
{
    /// <summary>The quantile; 0 of no values. Sorts <paramref name="values"/>.</summary>
    public static double Of((double Value, double Weight)[] values, double share)
    {
        // By weight too, so that sums are taken in one order whatever the order of the values was.
        Array.Sort(values);
        var (total, below) = (0.0, 0.0);
        foreach (var (_, weight) in values) total += weight;
        foreach (var (value, weight) in values)
        {
            below += weight;
            if (weight > 0 && below >= share * total) return value;
        }
        return values.Length == 0 ? 0 : values[^1].Value;
    }
}
