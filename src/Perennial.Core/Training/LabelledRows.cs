using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Training;

/// <summary>Rows with their labels as numbers: what metrics are computed of.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Labels">A class index a row (binary: 1 is positive), or the value.</param>
/// <param name="Weights">A weight a row; empty where every row counts 1.</param>
public sealed record LabelledRows(Frame Rows, double[] Labels, double[] Weights)
{
    /// <summary>Takes rows of a frame. Every one of them has a label.</summary>
    /// <exception cref="ArgumentException">A label is none of the classes.</exception>
    public static LabelledRows Take(Frame frame, int[] rows, TrainingPlan plan)
    {
        var taken = frame.Take(rows);
        var weights = plan.Weight is { } name ? ((NumericColumn)taken[name]).Values.ToArray() : [];
        return new LabelledRows(taken, Values(taken[plan.Label], plan), weights);
    }

    private static double[] Values(Column label, TrainingPlan plan)
    {
        if (plan.Task == TaskKind.Regression) return ((NumericColumn)label).Values.ToArray();
        var indexOf = plan.Classes.Select((name, index) => (name, index)).ToDictionary(c => c.name, c => c.index, StringComparer.Ordinal);
        var values = new double[label.Length];
        for (var row = 0; row < values.Length; row++)
            values[row] = indexOf.TryGetValue(label.Format(row) ?? "", out var index) ? index : throw new ArgumentException($"'{label.Format(row)}' is none of the classes {string.Join(", ", plan.Classes)}.");
        return values;
    }
}
