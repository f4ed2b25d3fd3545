using System.Globalization;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Frames;

namespace Perennial.Core.Data;

/// <summary>Checks rows against what the spec expects of single columns.</summary>
public static class Expectations
{
    private const int RowsNamed = 5;

    /// <summary>One fault a broken expectation, naming the first rows (counted from 1, without the header); empty when all hold.</summary>
    public static IReadOnlyList<Fault> Check(Frame frame, IReadOnlyList<Expectation> expectations)
    {
        var faults = new List<Fault>();
        foreach (var expectation in expectations)
        {
            if (frame.Find(expectation.Column) is not { } column)
                faults.Add(new Fault($"column '{expectation.Column}'", "The dataset has no such column. Correct data.expectations."));
            else
                Check(column, expectation, faults);
        }
        return faults;
    }

    private static void Check(Column column, Expectation expectation, List<Fault> faults)
    {
        if (expectation.Min is { } min) Bound(column, x => x < min, string.Create(CultureInfo.InvariantCulture, $"below {min}"), faults);
        if (expectation.Max is { } max) Bound(column, x => x > max, string.Create(CultureInfo.InvariantCulture, $"above {max}"), faults);
        if (expectation.In is { } allowed)
        {
            var set = allowed.ToHashSet(StringComparer.Ordinal);
            Rows(column, row => !set.Contains(column.Format(row)!), "none of the values allowed", faults);
        }
        if (expectation.Unique == true)
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            Rows(column, row => !seen.Add(column.Format(row)!), "a repetition of an earlier row's", faults);
        }
        if (expectation.MaxMissing is { } share && column.Length > 0 && (double)column.CountMissing() / column.Length is var missing && missing > share)
            faults.Add(new Fault($"column '{column.Name}'", string.Create(CultureInfo.InvariantCulture, $"{missing:P1} of the values are missing; at most {share:P1} are expected.")));
    }

    private static void Bound(Column column, Func<double, bool> breaks, string what, List<Fault> faults)
    {
        if (column is NumericColumn numbers) Rows(column, row => breaks(numbers.Values[row]), what, faults);
        else faults.Add(new Fault($"column '{column.Name}'", $"A least or greatest number is expected, but the column is {column.Type.ToString().ToLowerInvariant()}."));
    }

    private static void Rows(Column column, Func<int, bool> breaks, string what, List<Fault> faults)
    {
        var broken = Enumerable.Range(0, column.Length).Where(row => !column.IsMissing(row) && breaks(row)).ToList();
        if (broken.Count == 0) return;
        var named = string.Join(", ", broken.Take(RowsNamed).Select(row => $"{row + 1} ('{Short(column.Format(row)!)}')"));
        faults.Add(new Fault($"column '{column.Name}'", $"{broken.Count} values are {what}: row {named}{(broken.Count > RowsNamed ? ", ..." : "")}."));
    }

    private static string Short(string value) => value.Length <= 40 ? value : value[..40] + "...";
}
