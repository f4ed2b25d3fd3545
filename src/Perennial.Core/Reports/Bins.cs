using Perennial.Core.Registry;
using Perennial.Core.Reports.Charts;
using Perennial.Learning.Frames;

namespace Perennial.Core.Reports;

/// <summary>A profile's bins with names.</summary>
internal static class Bins
{
    private const int Most = 12;

    /// <summary>The names of the bins, in the order of <see cref="ColumnProfile.Counts"/>.</summary>
    public static IReadOnlyList<string> Labels(ColumnProfile profile)
    {
        if (profile.Levels is { } levels) return [.. levels, .. Enumerable.Repeat("all others", Math.Max(0, profile.Counts.Count - levels.Count))];
        if (profile.Edges is not { Count: > 0 } edges) return [.. Enumerable.Repeat("all values", profile.Counts.Count)];
        return [.. Enumerable.Range(0, profile.Counts.Count).Select(i => i == 0 ? $"≤ {Edge(profile, edges[0])}"
            : i >= edges.Count ? $"> {Edge(profile, edges[^1])}"
            : $"{Edge(profile, edges[i - 1])} – {Edge(profile, edges[i])}")];
    }

    /// <summary>The most frequent levels with their shares, or the range between the outer edges.</summary>
    public static IEnumerable<string> Frequent(ColumnProfile profile, int count)
    {
        double rows = Math.Max(1, profile.Counts.Sum() + profile.Missing);
        if (profile.Levels is { } levels) return levels.Zip(profile.Counts).Take(count).Select(pair => $"{pair.First} {Figures.Percent(pair.Second / rows)}");
        return profile.Edges is { Count: > 1 } edges ? [$"mostly {Edge(profile, edges[0])} to {Edge(profile, edges[^1])}"] : [];
    }

    /// <summary>
    /// Shares then and now, bin by bin, missing last. Of many bins of values the ones that differ most are shown, the rest as one; bins of
    /// numbers keep their order.
    /// </summary>
    public static IReadOnlyList<ThenAndNow> ThenAndNow(ColumnProfile then, ColumnProfile now)
    {
        double rowsThen = Math.Max(1, then.Counts.Sum() + then.Missing), rowsNow = Math.Max(1, now.Counts.Sum() + now.Missing);
        var labels = Labels(then);
        var bins = labels.Select((label, i) => new ThenAndNow(label, then.Counts[i] / rowsThen, (i < now.Counts.Count ? now.Counts[i] : 0) / rowsNow)).ToList();
        if (bins.Count > Most && then.Levels is not null)
        {
            var shown = bins.OrderByDescending(bin => Math.Abs(bin.Now - bin.Then)).Take(Most - 1).ToHashSet();
            var rest = bins.Where(bin => !shown.Contains(bin)).ToList();
            bins = [.. bins.Where(shown.Contains), new ThenAndNow($"{rest.Count} others", rest.Sum(bin => bin.Then), rest.Sum(bin => bin.Now))];
        }

        if (then.Missing + now.Missing > 0) bins.Add(new ThenAndNow("missing", then.Missing / rowsThen, now.Missing / rowsNow));
        return bins;
    }

    private static string Edge(ColumnProfile profile, double edge) => profile.Type == ColumnType.Timestamp
        ? Figures.Day(new DateTimeOffset((long)Math.Clamp(edge, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero))
        : edge == 0 ? "0" : Math.Abs(edge) is >= 1e6 or < 1e-3 ? edge.ToString("0.##e0", System.Globalization.CultureInfo.InvariantCulture)
        : edge.ToString(Math.Abs(edge) >= 100 ? "#,0.#" : "0.###", System.Globalization.CultureInfo.InvariantCulture);
}
