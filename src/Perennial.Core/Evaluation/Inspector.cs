using Perennial.Core.Data;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;

namespace Perennial.Core.Evaluation;

/// <summary>
/// Asks a graph what it relies on: permutation importance and partial dependence on a sample of test rows. The cost is bounded whatever
/// the data: at most <see cref="MostScored"/> rows are scored.
/// </summary>
public static class Inspector
{
    /// <summary>Test rows that permutation importance is measured on.</summary>
    public const int MostRows = 2000;

    /// <summary>Columns that are shuffled.</summary>
    public const int MostColumns = 20;

    /// <summary>Columns whose dependence is drawn.</summary>
    public const int DependentColumns = 4;

    /// <summary>Values a column at which the dependence is measured.</summary>
    public const int Points = 12;

    /// <summary>Rows that are scored in all: the sample as it is, every column shuffled, and every dependence.</summary>
    public const int MostScored = MostRows + (Repeats * MostRows * MostColumns) + (DependentColumns * Points * DependenceRows);

    private const int Repeats = 3;
    private const int DependenceRows = 300;

    /// <summary>Inspects a candidate; null where its metric is not defined on the sample, or it reads no column.</summary>
    /// <param name="plan">What was trained.</param>
    /// <param name="test">The test rows.</param>
    /// <param name="candidate">The graph that would be served.</param>
    /// <param name="importance">Share of the gain by raw column.</param>
    /// <param name="seed">The seed of the shuffles.</param>
    /// <param name="cancellationToken">Stops between two columns.</param>
    public static Inspection? Inspect(
        TrainingPlan plan, LabelledRows test, IPredictor candidate, IReadOnlyDictionary<string, double> importance, ulong seed, CancellationToken cancellationToken)
    {
        // A column without a share of the gain is read by no split or weight.
        string[] columns = [.. candidate.Inputs.Select(i => i.Name).Where(importance.ContainsKey).OrderByDescending(c => importance[c]).Take(MostColumns)];
        var (sample, metric) = (Sample(test, MostRows), MetricCatalog.Find(plan.Metric)!);
        var whole = candidate.Score(sample.Rows);
        if (columns.Length == 0 || ModelMetrics.ComputeOne(plan.Metric, plan.Task, sample.Labels, whole, sample.Weights) is null) return null;
        var weights = sample.Weights.Length > 0 ? sample.Weights : [.. Enumerable.Repeat(1.0, sample.Labels.Length)];
        var targets = new TrainingTargets(plan.Task, whole.Outputs, sample.Labels, weights);
        var reliances = PermutationImportance.Measure(candidate.Score, whole, sample.Rows, columns, targets, metric, Repeats, seed, cancellationToken);
        var several = plan.Task == TaskKind.Multiclass;
        // All texts the same says nothing: of a text it is the words that move answers. They cost no more rows than a dependence.
        var telling = reliances.Where(r => r.Drop > 0 && !several).Take(DependentColumns).ToLookup(r => sample.Rows[r.Column].Type == ColumnType.Text, r => r.Column);
        ColumnDependence[] dependence = [.. telling[false].Select(column => Dependence(Sample(test, DependenceRows), candidate, column, cancellationToken))];
        ColumnWords[] words = [.. telling[true].Select(column => new ColumnWords(column, sample.Labels.Length, WordEffects.Of(candidate.Score, sample.Rows, whole, column, cancellationToken)))];
        return new Inspection(sample.Labels.Length, Repeats, plan.Metric, candidate.Inputs.Count, reliances, dependence, several ? null : whole.Values.Average())
        {
            Words = words.Any(column => column.Words.Count > 0) ? [.. words.Where(column => column.Words.Count > 0)] : null,
        };
    }

    private static ColumnDependence Dependence(LabelledRows rows, IPredictor candidate, string column, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ColumnDependence(column, rows.Rows[column].Type, rows.Labels.Length, PartialDependence.Of(candidate.Score, rows.Rows, column, Points));
    }

    private static LabelledRows Sample(LabelledRows test, int most)
    {
        var rows = EvenSample.Of(test.Labels.Length, most);
        return new LabelledRows(test.Rows.Take(rows), [.. rows.Select(row => test.Labels[row])], test.Weights.Length == 0 ? [] : [.. rows.Select(row => test.Weights[row])]);
    }
}
