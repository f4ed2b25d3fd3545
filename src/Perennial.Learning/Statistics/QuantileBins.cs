namespace Perennial.Learning.Statistics;

/// <summary>
/// Bins cut at the quantiles of training values: bin i holds values above edge i - 1 up to and including edge i, the last bin
/// what is above every edge, and one further bin the missing (NaN) ones.
/// </summary>
/// <param name="Edges">Rising, distinct; may be empty, then every value is in bin 0.</param>
public sealed record QuantileBins(IReadOnlyList<double> Edges)
{
    /// <summary>The number of bins with the missing one, which is the last.</summary>
    public int Count => Edges.Count + 2;

    /// <summary>
    /// Cuts values into at most <paramref name="bins"/> bins of about equal weight; where there are no more distinct values than
    /// that, each gets a bin of its own and the last bin is for greater ones, so that a new value shows. Equal values are never
    /// parted, so a frequent value may make bins fewer. NaN is skipped.
    /// </summary>
    public static QuantileBins Fit(ReadOnlySpan<double> values, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        var kept = new List<double>(values.Length);
        foreach (var value in values)
            if (!double.IsNaN(value)) kept.Add(value);
        kept.Sort();
        var distinct = kept.Distinct().Take(bins + 1).ToArray();
        if (distinct.Length <= bins) return new QuantileBins(distinct);
        var edges = new List<double>(bins);
        for (var i = 1; i < bins; i++)
        {
            var edge = kept[(int)((long)i * kept.Count / bins) - 1];
            if (edges.Count == 0 || edge > edges[^1]) edges.Add(edge);
        }
        return new QuantileBins([.. edges]);
    }

    /// <summary>The bin of a value; NaN is in the last one.</summary>
    public int IndexOf(double value)
    {
        if (double.IsNaN(value)) return Count - 1;
        var (low, high) = (0, Edges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (value <= Edges[middle]) high = middle;
            else low = middle + 1;
        }
        return low;
    }

    /// <summary>How many values fall in each bin, missing last.</summary>
    public double[] Counts(ReadOnlySpan<double> values)
    {
        var counts = new double[Count];
        foreach (var value in values) counts[IndexOf(value)]++;
        return counts;
    }

    /// <summary>A bin in words, e.g. "above 10, up to 20"; "missing" for the last.</summary>
    public string Describe(int bin)
    {
        var culture = System.Globalization.CultureInfo.InvariantCulture;
        if (bin == Count - 1) return "missing";
        if (Edges.Count == 0) return "any value";
        if (bin == 0) return string.Create(culture, $"up to {Edges[0]}");
        return bin == Edges.Count
            ? string.Create(culture, $"above {Edges[^1]}")
            : string.Create(culture, $"above {Edges[bin - 1]}, up to {Edges[bin]}");
    }
}
