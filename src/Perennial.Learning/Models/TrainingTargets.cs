using Perennial.Learning.Frames;

namespace Perennial.Learning.Models;

/// <summary>What the rows of a frame should be predicted as, and how much each counts.</summary>
/// <param name="Task">The task.</param>
/// <param name="Outputs">The number of margins: 1 for binary and regression, one a class for multiclass.</param>
/// <param name="Values">Regression: the label. Otherwise the index of the row's class (binary: 1 is positive).</param>
/// <param name="Weights">One weight a row, at least 0.</param>
public sealed record TrainingTargets(TaskKind Task, int Outputs, double[] Values, double[] Weights)
{
    /// <summary>The number of rows.</summary>
    public int RowCount => Values.Length;

    /// <summary>Reads labels and weights of a frame's rows.</summary>
    /// <param name="task">The task.</param>
    /// <param name="frame">The rows.</param>
    /// <param name="label">The label's column.</param>
    /// <param name="classes">The classes in the order of the scores; ignored for regression.</param>
    /// <param name="weight">The weight's column; null when every row counts 1.</param>
    /// <exception cref="ModelTrainingException">A label or weight is missing or impossible; the message names column and row.</exception>
    public static TrainingTargets Read(TaskKind task, Frame frame, string label, IReadOnlyList<string> classes, string? weight)
    {
        if (task == TaskKind.Binary && classes.Count != 2)
            throw new ModelTrainingException("classes-wrong", $"A binary task needs 2 classes, not {classes.Count}.");
        if (task == TaskKind.Multiclass && classes.Count < 2)
            throw new ModelTrainingException("classes-wrong", $"A multiclass task needs at least 2 classes, not {classes.Count}.");
        var column = frame.Find(label)
            ?? throw new ModelTrainingException("label-missing", $"The rows have no column '{label}', which is the label.");
        var values = task == TaskKind.Regression ? ReadNumbers(column) : ReadClasses(column, classes);
        return new TrainingTargets(task, task == TaskKind.Multiclass ? classes.Count : 1, values, ReadWeights(frame, weight));
    }

    /// <summary>The sum of the weights, in row order.</summary>
    public double TotalWeight()
    {
        var total = 0.0;
        foreach (var weight in Weights) total += weight;
        return total;
    }

    private static double[] ReadNumbers(Column column)
    {
        if (column is not NumericColumn numbers)
            throw new ModelTrainingException("label-type", $"The label '{column.Name}' is {column.Type}; a regression needs a numeric label.");
        for (var row = 0; row < numbers.Length; row++)
            if (!double.IsFinite(numbers.Values[row])) throw NoLabel(column, row);
        return numbers.Values.ToArray();
    }

    private static double[] ReadClasses(Column column, IReadOnlyList<string> classes)
    {
        var indexOf = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var k = 0; k < classes.Count; k++)
            if (!indexOf.TryAdd(classes[k], k))
                throw new ModelTrainingException("classes-wrong", $"The class '{classes[k]}' is given twice.");
        var values = new double[column.Length];
        for (var row = 0; row < values.Length; row++)
        {
            var name = column.Format(row) ?? throw NoLabel(column, row);
            if (!indexOf.TryGetValue(name, out var index))
                throw new ModelTrainingException("label-unknown",
                    $"Row {row} has the label '{name}' in column '{column.Name}', which is none of the classes {string.Join(", ", classes)}.");
            values[row] = index;
        }
        return values;
    }

    private static double[] ReadWeights(Frame frame, string? weight)
    {
        var weights = new double[frame.RowCount];
        Array.Fill(weights, 1);
        if (weight is null) return weights;
        if (frame.Find(weight) is not NumericColumn column)
            throw new ModelTrainingException("weight-type", $"The weight '{weight}' is no numeric column of the rows.");
        for (var row = 0; row < weights.Length; row++)
        {
            weights[row] = column.Values[row];
            if (!double.IsFinite(weights[row]) || weights[row] < 0)
                throw new ModelTrainingException("weight-impossible",
                    $"Row {row} has the weight {column.Format(row) ?? "(missing)"} in column '{weight}'; weights are at least 0.");
        }
        return weights;
    }

    private static ModelTrainingException NoLabel(Column column, int row) => new("label-missing",
        $"Row {row} has no label in column '{column.Name}'; leave unlabelled rows out of training.");
}
