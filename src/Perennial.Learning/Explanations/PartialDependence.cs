using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Learning.Explanations;

/// <summary>A point of a partial dependence curve.</summary>
/// <param name="Value">The column's value as text that a reader understands.</param>
/// <param name="Scores">The mean scores over the rows when all of them have this value, one an output.</param>
public sealed record DependencePoint(string Value, IReadOnlyList<double> Scores);

/// <summary>
/// Partial dependence (J. Friedman 2001, "Greedy function approximation", section 8.2): the mean score when every row is given the same
/// value in one column. Where columns go together it averages over rows that cannot occur.
/// </summary>
public static class PartialDependence
{
    /// <summary>
    /// The curve of one column: of numbers and timestamps at up to so many quantiles of the present values, of others at their most
    /// frequent values, ascending resp. the most frequent first.
    /// </summary>
    /// <param name="score">The model. It is called once a point.</param>
    /// <param name="rows">Rows to average over, at least one; a sample of some hundred is mostly enough.</param>
    /// <param name="column">The raw column.</param>
    /// <param name="points">At most so many points, at least 2.</param>
    /// <exception cref="KeyNotFoundException">The rows have no such column.</exception>
    public static IReadOnlyList<DependencePoint> Of(Func<Frame, Scores> score, Frame rows, string column, int points)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(points, 2);
        var values = rows[column];
        return [.. Representatives(values, points).Select(row => new DependencePoint(values.Format(row)!, Means(score(With(rows, values, row)))))];
    }

    // A value is named by a row that has it: that serves every type of column.
    private static IEnumerable<int> Representatives(Column column, int points)
    {
        var present = Enumerable.Range(0, column.Length).Where(row => !column.IsMissing(row)).ToArray();
        if (present.Length == 0) return [];
        if (column is NumericColumn numbers) return Quantiles(present, row => numbers.Values[row], points);
        if (column is TimestampColumn instants) return Quantiles(present, row => instants.Ticks[row], points);
        return present.GroupBy(row => column.Format(row), StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(points).Select(group => group.First());
    }

    private static IEnumerable<int> Quantiles<T>(int[] rows, Func<int, T> key, int points)
    {
        var sorted = rows.OrderBy(key).ToArray();
        return Enumerable.Range(0, points).Select(i => sorted[(int)((long)i * (sorted.Length - 1) / (points - 1))]).DistinctBy(key);
    }

    private static Frame With(Frame rows, Column values, int row)
    {
        var same = new int[rows.RowCount];
        Array.Fill(same, row);
        return new Frame([.. rows.Columns.Select(column => ReferenceEquals(column, values) ? column.Take(same) : column)], rows.RowCount);
    }

    private static double[] Means(Scores scores)
    {
        var means = new double[scores.Outputs];
        for (var row = 0; row < scores.RowCount; row++)
            for (var k = 0; k < means.Length; k++) means[k] += scores.Row(row)[k];
        for (var k = 0; k < means.Length; k++) means[k] /= scores.RowCount;
        return means;
    }
}
