using System.Text.Json;
using Perennial.Core.Registry;
using Perennial.Learning.Frames;

namespace Perennial.Core.Monitoring;

/// <summary>Counts a window's values into the bins of a baseline profile.</summary>
public static class WindowProfile
{
    /// <summary>
    /// The window's profile in the baseline's bins; null when no row has the column at all (it is not logged), or the baseline has no bins.
    /// </summary>
    public static ColumnProfile? Count(ColumnProfile baseline, IReadOnlyList<JsonElement> rows)
    {
        if (baseline.Counts.Count == 0) return null;
        var counts = new long[baseline.Counts.Count];
        var (missing, present) = (0L, false);
        var levelOf = Levels(baseline);
        foreach (var row in rows)
        {
            if (!row.TryGetProperty(baseline.Name, out var value)) continue;
            present = true;
            if (BinOf(baseline, levelOf, value) is { } bin) counts[bin]++;
            else missing++;
        }
        return present ? baseline with { Counts = counts, Missing = missing, Mean = null, Deviation = null, Distinct = 0 } : null;
    }

    /// <summary>The window's profile of numbers (scores) in the baseline's bins.</summary>
    public static ColumnProfile Count(ColumnProfile baseline, IEnumerable<double> values)
    {
        var counts = new long[baseline.Counts.Count];
        foreach (var value in values) counts[NumericBin(baseline.Edges!, value)]++;
        return baseline with { Counts = counts, Missing = 0, Mean = null, Deviation = null, Distinct = 0 };
    }

    /// <summary>The window's profile of classes in the baseline's bins.</summary>
    public static ColumnProfile Count(ColumnProfile baseline, IEnumerable<string> values)
    {
        var counts = new long[baseline.Counts.Count];
        var levelOf = Levels(baseline);
        foreach (var value in values) counts[levelOf.TryGetValue(value, out var level) ? level : baseline.Levels!.Count]++;
        return baseline with { Counts = counts, Missing = 0, Mean = null, Deviation = null, Distinct = 0 };
    }

    private static Dictionary<string, int> Levels(ColumnProfile baseline)
    {
        var levelOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < (baseline.Levels?.Count ?? 0); i++) levelOf[baseline.Levels![i]] = i;
        return levelOf;
    }

    private static int? BinOf(ColumnProfile baseline, Dictionary<string, int> levelOf, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null) return null;
        if (baseline.Type == ColumnType.Numeric)
        {
            // An earlier version may have read the column as text: what is no number is missing to this one.
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) ? NumericBin(baseline.Edges!, number) : null;
        }
        if (baseline.Type == ColumnType.Text)
            return value.ValueKind == JsonValueKind.String ? NumericBin(baseline.Edges!, value.GetString()!.Length) : null;
        var text = value.ValueKind switch { JsonValueKind.True => "true", JsonValueKind.False => "false", _ => value.ToString() };
        return levelOf.TryGetValue(text, out var level) ? level : Math.Min(baseline.Levels!.Count, baseline.Counts.Count - 1);
    }

    // Bin i holds edges[i-1] < x <= edges[i]: the first edge that is not below x.
    private static int NumericBin(IReadOnlyList<double> edges, double value)
    {
        var (low, high) = (0, edges.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (edges[middle] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
