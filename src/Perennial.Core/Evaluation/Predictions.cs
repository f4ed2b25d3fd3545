using Perennial.Core.Data;
using Perennial.Core.Registry;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Evaluation;

/// <summary>The distribution of a model's own answers.</summary>
public static class Predictions
{
    /// <summary>The name that its profile has.</summary>
    public const string Name = "(prediction)";

    /// <summary>Binary: of the positive class's score; regression: of the value; multiclass: of the answered class.</summary>
    public static ColumnProfile Profile(TrainingPlan plan, Scores scores) => plan.Task == TaskKind.Multiclass
        ? Profiles.Of(CategoricalColumn.From(Name, [.. Enumerable.Range(0, scores.RowCount).Select(row => plan.Classes[Largest(scores.Row(row))])]))
        : Profiles.Of(new NumericColumn(Name, scores.Values));

    private static int Largest(ReadOnlySpan<double> values)
    {
        var best = 0;
        for (var k = 1; k < values.Length; k++)
            if (values[k] > values[best]) best = k;
        return best;
    }
}
