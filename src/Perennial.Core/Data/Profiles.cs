using Perennial.Core.Registry;
using Perennial.Learning.Frames;

namespace Perennial.Core.Data;

/// <summary>Profiles columns, and counts other rows into the bins of a profile.</summary>
public static class Profiles
{
    /// <summary>Bins of a number's or an instant's profile, at most.</summary>
    public const int MaxBins = 10;

    /// <summary>Levels counted one by one, at most.</summary>
    public const int MaxLevels = 20;

    /// <summary>The profile of a column over the given rows.</summary>
    public static ColumnProfile Of(Column column, ReadOnlySpan<int> rows) => Of(column.Take(rows));

    /// <summary>The profile of all rows of a column.</summary>
    public static ColumnProfile Of(Column column) => column switch
    {
        NumericColumn numbers => Numeric(numbers),
        TimestampColumn times => Timestamps(times),
        TextColumn text => Texts(text),
        _ => Levels(column),
    };

    /// <summary>Profiles of the named columns over the given rows.</summary>
    public static IReadOnlyList<ColumnProfile> Of(Frame frame, IEnumerable<string> columns, int[] rows) => [.. columns.Select(name => Of(frame[name], rows))];

    private static ColumnProfile Numeric(NumericColumn column)
    {
        var values = column.Values.ToArray().Where(v => !double.IsNaN(v)).Order().ToArray();
        var edges = Edges(values);
        // Scaled first, so that the squares of the largest numbers stay finite.
        var scale = values.Length == 0 ? 1 : Math.Max(Math.Max(Math.Abs(values[0]), Math.Abs(values[^1])), double.Epsilon);
        double? mean = values.Length == 0 ? null : values.Sum(v => v / scale) / values.Length * scale;
        double? deviation = values.Length < 2 ? null : Math.Sqrt(values.Sum(v => (v / scale - mean!.Value / scale) * (v / scale - mean.Value / scale)) / (values.Length - 1)) * scale;
        return new ColumnProfile(column.Name, column.Type, edges, null, Count(values, edges), column.Length - values.Length, mean, deviation, Distinct(values));
    }

    // Of text the length is what can be counted into bins.
    private static ColumnProfile Texts(TextColumn column)
    {
        var present = column.Values.ToArray().OfType<string>().ToArray();
        var lengths = present.Select(text => (double)text.Length).Order().ToArray();
        var edges = Edges(lengths);
        double? mean = lengths.Length == 0 ? null : lengths.Average();
        return new ColumnProfile(column.Name, column.Type, edges, null, Count(lengths, edges), column.Length - lengths.Length, mean, Distinct: present.Distinct(StringComparer.Ordinal).LongCount());
    }

    private static ColumnProfile Timestamps(TimestampColumn column)
    {
        var values = column.Ticks.ToArray().Where(t => t != TimestampColumn.Missing).Select(t => (double)t).Order().ToArray();
        var edges = Edges(values);
        return new ColumnProfile(column.Name, column.Type, edges, null, Count(values, edges), column.Length - values.Length, Distinct: Distinct(values));
    }

    private static ColumnProfile Levels(Column column)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var row = 0; row < column.Length; row++)
            if (column.Format(row) is { } value) counts[value] = counts.GetValueOrDefault(value) + 1;
        var top = counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Take(MaxLevels).ToList();
        var others = counts.Values.Sum() - top.Sum(c => c.Value);
        return new ColumnProfile(column.Name, column.Type, null, [.. top.Select(c => c.Key)], [.. top.Select(c => c.Value), others], column.CountMissing(), Distinct: counts.Count);
    }

    /// <summary>Inner edges at the deciles that differ, so that every bin holds something; the greatest value is no edge, since nothing lies above it.</summary>
    private static double[] Edges(double[] sorted)
    {
        if (sorted.Length == 0) return [];
        return [.. Enumerable.Range(1, MaxBins - 1)
            .Select(i => sorted[(int)((long)i * sorted.Length / MaxBins) is var at && at > 0 ? at - 1 : 0])
            .Distinct()
            .Where(edge => edge < sorted[^1])];
    }

    private static long[] Count(double[] sorted, double[] edges)
    {
        var counts = new long[edges.Length + 1];
        var bin = 0;
        foreach (var value in sorted)
        {
            while (bin < edges.Length && value > edges[bin]) bin++;
            counts[bin]++;
        }
        return counts;
    }

    private static long Distinct(double[] sorted)
    {
        long distinct = 0;
        for (var i = 0; i < sorted.Length; i++)
            if (i == 0 || sorted[i] != sorted[i - 1]) distinct++;
        return distinct;
    }
}
