using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Data;

/// <summary>What the label says about the task.</summary>
/// <param name="Task">The task.</param>
/// <param name="Classes">The classes in the order of the scores (binary: negative, positive); empty for regression.</param>
/// <param name="Labelled">The rows that have a label, ascending.</param>
/// <param name="Finding">What was inferred, in a sentence.</param>
public sealed record LabelReading(TaskKind Task, IReadOnlyList<string> Classes, int[] Labelled, DataFinding Finding);

/// <summary>Reads task and classes off the label column.</summary>
public static class TaskInference
{
    private static readonly string[] PositiveNames = ["true", "1", "yes"];

    /// <summary>
    /// Reads the label. Problems: the column is missing, has no or one value, is of a type that nothing can be predicted of, is unique
    /// per row (for classification), or does not fit the spec's task and positive class.
    /// </summary>
    public static Outcome<LabelReading> Read(Frame frame, ModelSpec spec, string source)
    {
        if (frame.Find(spec.Label) is not { } label)
            return DeclaredColumns.Missing("label-missing", "label", spec.Label, frame.Schema, source);
        var labelled = Enumerable.Range(0, label.Length).Where(row => !label.IsMissing(row)).ToArray();
        if (labelled.Length == 0) return Bad("label-empty", $"{source}: the label column '{spec.Label}' has no value in any row. Is it the right column?", source, spec.Label);
        var counts = Count(label, labelled);
        if (counts.Count == 1)
            return Bad("label-constant", $"{source}: the label column '{spec.Label}' is '{counts.Keys.First()}' in all {labelled.Length} labelled rows. There is nothing to learn.", source, spec.Label);
        var task = spec.Task ?? Infer(label, counts.Count);
        if (task == TaskKind.Regression) return Regression(label, labelled, spec, source);
        if (label.Type == ColumnType.Timestamp)
            return Bad("label-type", $"{source}: the label column '{spec.Label}' holds timestamps. Predict a number, a boolean or a class.", source, spec.Label);
        if (counts.Count == labelled.Length && labelled.Length > 2)
            return Bad("label-unique", $"{source}: every row has its own value in the label column '{spec.Label}', so no class has two rows. Is it an identifier?", source, spec.Label);
        if (task == TaskKind.Binary && counts.Count != 2)
            return Bad("label-classes", $"{source}: the task is binary, but the label column '{spec.Label}' has {counts.Count} values. Set \"task\" to \"multiclass\" or correct the column.", source, spec.Label);
        return Classification(task, counts, labelled, spec, source);
    }

    private static Outcome<LabelReading> Regression(Column label, int[] labelled, ModelSpec spec, string source) =>
        label.Type == ColumnType.Numeric
            ? new LabelReading(TaskKind.Regression, [], labelled, Finding(spec, "a number: regression", label.Length - labelled.Length))
            : Bad("label-type", $"{source}: a regression needs numbers, but the label column '{spec.Label}' is {label.Type.ToString().ToLowerInvariant()}.", source, spec.Label);

    private static Outcome<LabelReading> Classification(TaskKind task, SortedDictionary<string, int> counts, int[] labelled, ModelSpec spec, string source)
    {
        string[] classes = [.. counts.Keys];
        if (task == TaskKind.Binary)
        {
            if (spec.Positive is { } wanted && !counts.ContainsKey(wanted))
                return Bad("positive-missing", $"{source}: the positive class '{wanted}' does not occur in the label column '{spec.Label}', which holds {string.Join(" and ", classes.Select(c => $"'{c}'"))}.", source, spec.Label);
            var positive = spec.Positive
                ?? classes.FirstOrDefault(c => PositiveNames.Contains(c, StringComparer.OrdinalIgnoreCase))
                ?? counts.OrderBy(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).First().Key;
            classes = [classes.Single(c => c != positive), positive];
        }
        var share = string.Join(", ", classes.Take(5).Select(c => $"'{c}' {counts[c]}"));
        return new LabelReading(task, classes, labelled, Finding(spec, task == TaskKind.Binary ? $"one of two classes ({share}); the score is the probability of '{classes[1]}'" : $"one of {classes.Length} classes ({share}{(classes.Length > 5 ? ", ..." : "")})", null));
    }

    private static DataFinding Finding(ModelSpec spec, string what, int? unlabelled) =>
        new("inferred", spec.Label, $"The label '{spec.Label}' is {what}.{(unlabelled > 0 ? $" {unlabelled} rows have none and are left out." : "")}");

    private static TaskKind Infer(Column label, int distinct) => label.Type switch
    {
        ColumnType.Boolean => TaskKind.Binary,
        ColumnType.Numeric when distinct > 2 => TaskKind.Regression,
        _ => distinct == 2 ? TaskKind.Binary : TaskKind.Multiclass,
    };

    private static SortedDictionary<string, int> Count(Column label, int[] rows)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var row in rows)
        {
            var value = label.Format(row)!;
            counts[value] = counts.GetValueOrDefault(value) + 1;
        }
        return counts;
    }

    private static Problem Bad(string code, string detail, string source, string column) =>
        Problem.Invalid(code, detail, [new Fault($"{source}, column '{column}'", detail)]);
}
