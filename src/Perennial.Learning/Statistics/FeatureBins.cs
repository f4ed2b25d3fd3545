using Perennial.Learning.Frames;

namespace Perennial.Learning.Statistics;

/// <summary>The bins of one column of any type: levels, or quantile bins; missing, and a level unseen in fitting, are bins too.</summary>
internal sealed class FeatureBins
{
    private readonly Func<int, int> _indexOf;
    private readonly Func<int, string> _describe;

    private FeatureBins(int count, Func<int, int> indexOf, Func<int, string> describe) => (Count, _indexOf, _describe) = (count, indexOf, describe);

    public int Count { get; }

    public static FeatureBins Fit(Column column, ReadOnlySpan<int> fitRows, int numericBins) => column switch
    {
        NumericColumn numeric => OfNumbers(row => numeric.Values[row], fitRows, numericBins, static (bins, bin) => bins.Describe(bin)),
        TimestampColumn time => OfNumbers(
            row => time.IsMissing(row) ? double.NaN : time.Ticks[row], fitRows, numericBins, DescribeTime),
        _ => OfStrings(column, fitRows),
    };

    public int IndexOf(int row) => _indexOf(row);

    public string Describe(int bin) => _describe(bin);

    private static FeatureBins OfNumbers(Func<int, double> value, ReadOnlySpan<int> fitRows, int numericBins, Func<QuantileBins, int, string> describe)
    {
        var values = new double[fitRows.Length];
        for (var i = 0; i < values.Length; i++) values[i] = value(fitRows[i]);
        var bins = QuantileBins.Fit(values, numericBins);
        return new FeatureBins(bins.Count, row => bins.IndexOf(value(row)), bin => describe(bins, bin));
    }

    private static string DescribeTime(QuantileBins bins, int bin) => bin == bins.Count - 1 ? "missing"
        : bins.Edges.Count == 0 ? "any time"
        : bin == 0 ? $"up to {Day(bins.Edges[0])}"
        : bin < bins.Edges.Count ? $"after {Day(bins.Edges[bin - 1])}, up to {Day(bins.Edges[bin])}" : $"after {Day(bins.Edges[^1])}";

    private static string Day(double ticks) =>
        new DateTime((long)ticks, DateTimeKind.Utc).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

    private static FeatureBins OfStrings(Column column, ReadOnlySpan<int> fitRows)
    {
        var binOf = new Dictionary<string, int>(StringComparer.Ordinal);
        var levels = new List<string>();
        foreach (var row in fitRows)
            if (column.Format(row) is { } level && binOf.TryAdd(level, levels.Count)) levels.Add(level);
        return new FeatureBins(
            levels.Count + 2,
            row => column.Format(row) is not { } level ? levels.Count + 1 : binOf.GetValueOrDefault(level, levels.Count),
            bin => bin < levels.Count ? $"'{levels[bin]}'" : bin == levels.Count ? "a value not seen before" : "missing");
    }
}
