using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Explanations;

/// <summary>How much a model relies on a column.</summary>
/// <param name="Column">The raw column.</param>
/// <param name="Drop">By how much the metric gets worse when the column's values are shuffled among the rows: the mean over the repeats.</param>
/// <param name="Deviation">The standard deviation over the repeats; 0 for one repeat.</param>
public sealed record ColumnReliance(string Column, double Drop, double Deviation);

/// <summary>
/// Permutation importance of raw columns (L. Breiman 2001, "Random forests", section 10; A. Fisher, C. Rudin and F. Dominici 2019, "All
/// models are wrong, but many are useful"). Asks the model itself, so it holds for every kind of model; columns that say the same share
/// what they are worth.
/// </summary>
public static class PermutationImportance
{
    /// <summary>Measures every column, the most relied upon first; equal ones in the order given.</summary>
    /// <param name="score">The model. It is called once a column and repeat.</param>
    /// <param name="whole">What the model says of the rows as they are.</param>
    /// <param name="rows">Rows that the model was not trained on.</param>
    /// <param name="columns">The columns to shuffle.</param>
    /// <param name="targets">The rows' labels and weights.</param>
    /// <param name="metric">A metric of the task.</param>
    /// <param name="repeats">Shuffles a column, at least 1.</param>
    /// <param name="seed">The seed of the shuffles; a column's do not depend on which others are measured.</param>
    /// <param name="cancellationToken">Stops between two shuffles.</param>
    /// <exception cref="ArgumentException">The metric is not the task's, or cannot be computed on these rows.</exception>
    public static IReadOnlyList<ColumnReliance> Measure(Func<Frame, Scores> score, Scores whole, Frame rows, IReadOnlyList<string> columns,
        TrainingTargets targets, Metric metric, int repeats, ulong seed, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(repeats, 1);
        var sign = metric.HigherIsBetter ? 1 : -1;
        var unshuffled = Quality(whole);
        var reliances = new List<ColumnReliance>();
        foreach (var column in columns)
        {
            var drops = new double[repeats];
            for (var repeat = 0; repeat < repeats; repeat++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                drops[repeat] = sign * (unshuffled - Quality(score(Shuffled(rows, column, new Xoshiro256(seed + (ulong)repeat)))));
            }
            var mean = drops.Average();
            reliances.Add(new ColumnReliance(column, mean, Math.Sqrt(drops.Sum(drop => (drop - mean) * (drop - mean)) / repeats)));
        }
        return [.. reliances.OrderByDescending(reliance => reliance.Drop)];

        double Quality(Scores scores) =>
            ModelMetrics.ComputeOne(metric.Name, targets.Task, targets.Values, scores, targets.Weights) ?? throw new ArgumentException($"The metric '{metric.Name}' cannot be computed for {targets.Task} on these {rows.RowCount} rows.");
    }

    private static Frame Shuffled(Frame rows, string name, Xoshiro256 random)
    {
        var order = Enumerable.Range(0, rows.RowCount).ToArray();
        random.Shuffle<int>(order);
        return new Frame([.. rows.Columns.Select(column => column.Name == name ? column.Take(order) : column)], rows.RowCount);
    }
}
