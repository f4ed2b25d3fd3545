using System.Globalization;
using Perennial.Core.Outcomes;
using Perennial.Learning;
using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>The task that a label column asks for.</summary>
/// <param name="Kind">The task.</param>
/// <param name="Reason">Why, in a sentence.</param>
/// <param name="Positive">Binary: the positive class.</param>
/// <param name="WhyPositive">Why that class.</param>
/// <param name="DeclareCategorical">Whether the column's type must be declared, because its classes are numbers.</param>
internal sealed record LabelTask(TaskKind Kind, string Reason, string? Positive = null, string? WhyPositive = null, bool DeclareCategorical = false)
{
    private const int FewNumbers = 12;
    private static readonly string[] PositiveNames = ["true", "1", "yes", "y", "positive"];

    /// <summary>Infers the task from all values.</summary>
    public static Outcome<LabelTask> Infer(Column label)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < label.Length; row++)
            if (label.Format(row) is { } value) counts[value] = counts.GetValueOrDefault(value) + 1;
        if (counts.Count < 2)
            return Problem.Invalid("label-unusable", $"The label '{label.Name}' has {(counts.Count == 0 ? "no value" : $"the one value '{counts.Keys.Single()}'")}: there is nothing to learn.");
        if (label.Type is ColumnType.Text or ColumnType.Timestamp)
            return Problem.Invalid("label-unusable", $"The label '{label.Name}' is {(label.Type == ColumnType.Text ? "free text, or another value in nearly every row" : "a timestamp")}: name a column of classes or numbers.");
        if (counts.Count == 2) return Binary(label, counts);
        if (label.Type == ColumnType.Numeric)
        {
            var few = counts.Count <= FewNumbers ? " If these numbers are codes of classes, write \"multiclass\"." : "";
            return new LabelTask(TaskKind.Regression, $"The label has {Count(counts.Count)} distinct numbers.{few}");
        }

        return new LabelTask(TaskKind.Multiclass, $"The label has {Count(counts.Count)} classes: {SpecText.Names(counts.Keys.Order(StringComparer.Ordinal).Take(5))}{(counts.Count > 5 ? ", ..." : "")}.");
    }

    private static LabelTask Binary(Column label, Dictionary<string, int> counts)
    {
        var classes = counts.OrderBy(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).ToList();
        var named = classes.Where(pair => PositiveNames.Contains(pair.Key, StringComparer.OrdinalIgnoreCase)).ToList();
        var positive = named.Count == 1 ? named[0].Key : classes[0].Key;
        var reason = $"The label has two values: {SpecText.Quote(classes[1].Key)} in {Count(classes[1].Value)} rows, {SpecText.Quote(classes[0].Key)} in {Count(classes[0].Value)}.";
        return new LabelTask(TaskKind.Binary, reason, positive, named.Count == 1 ? "Its probability is predicted." : "Its probability is predicted; the rarer class was taken.",
            label.Type == ColumnType.Numeric);
    }

    private static string Count(int count) => count.ToString("#,0", CultureInfo.InvariantCulture);
}
