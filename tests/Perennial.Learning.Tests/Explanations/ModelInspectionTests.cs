using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Explanations;

public sealed class ModelInspectionTests
{
    private const int Rows = 400;
    private static readonly double[] A = Numbers(1), B = Numbers(2), C = Numbers(3);
    private static readonly Frame Table = new(
    [
        new NumericColumn("c", C), new NumericColumn("a", A), new NumericColumn("b", B),
        CategoricalColumn.From("kind", [.. Enumerable.Range(0, Rows).Select(i => i % 3 == 0 ? "rare" : i % 7 == 0 ? null : "usual")]),
    ]);

    private static readonly TrainingTargets Targets = new(TaskKind.Regression, 1, [.. Truth()], [.. Enumerable.Repeat(1.0, Rows)]);
    private static readonly Metric Rmse = MetricCatalog.Find("rmse")!;

    [Fact]
    public void The_columns_that_a_model_reads_come_first_by_how_much_it_relies_on_them()
    {
        var measured = PermutationImportance.Measure(Model, Model(Table), Table, ["c", "b", "a"], Targets, Rmse, repeats: 5, seed: 7);
        Assert.Equal(["a", "b", "c"], measured.Select(reliance => reliance.Column));
        // The error of a shuffled term of weight w is that of two independent draws: w times the deviation times the root of 2.
        Assert.InRange(measured[0].Drop, 3 * 1.41 * Deviation(A) * 0.85, 3 * 1.41 * Deviation(A) * 1.15);
        Assert.True(measured[0].Deviation > 0);
        Assert.Equal(0, measured[2].Drop);
    }

    [Fact]
    public void A_column_is_worth_the_same_whichever_others_are_measured()
    {
        var alone = PermutationImportance.Measure(Model, Model(Table), Table, ["b"], Targets, Rmse, repeats: 3, seed: 7);
        var together = PermutationImportance.Measure(Model, Model(Table), Table, ["a", "b"], Targets, Rmse, repeats: 3, seed: 7);
        Assert.Equal(alone[0], together[1]);
    }

    [Fact]
    public void Where_less_is_worse_a_drop_is_positive_too()
    {
        var measured = PermutationImportance.Measure(Model, Model(Table), Table, ["a"], Targets, MetricCatalog.Find("r2")!, repeats: 2, seed: 7);
        Assert.True(measured[0].Drop > 0.5);
    }

    [Fact]
    public void A_metric_of_another_task_is_refused() => Assert.Throws<ArgumentException>(() =>
        PermutationImportance.Measure(Model, Model(Table), Table, ["a"], Targets, MetricCatalog.Find("rocAuc")!, repeats: 2, seed: 7));

    [Fact]
    public void The_dependence_on_a_number_runs_over_its_quantiles_from_least_to_greatest()
    {
        var curve = PartialDependence.Of(Model, Table, "a", 5);
        var sorted = A.Order().ToArray();
        Assert.Equal([0, 99, 199, 299, 399], curve.Select(point => Array.IndexOf(sorted, double.Parse(point.Value, System.Globalization.CultureInfo.InvariantCulture))));
        var rest = B.Average();
        foreach (var point in curve)
            Assert.Equal(3 * double.Parse(point.Value, System.Globalization.CultureInfo.InvariantCulture) + rest, point.Scores[0], 1e-9);
    }

    [Fact]
    public void The_dependence_on_a_category_shows_its_most_frequent_values()
    {
        var curve = PartialDependence.Of(frame => new Scores(1, [.. Enumerable.Range(0, frame.RowCount).Select(row => frame["kind"].Format(row) == "rare" ? 1.0 : 0)]), Table, "kind", 10);
        Assert.Equal([("usual", 0.0), ("rare", 1.0)], curve.Select(point => (point.Value, point.Scores[0])));
    }

    private static Scores Model(Frame frame)
    {
        var (a, b) = ((NumericColumn)frame["a"], (NumericColumn)frame["b"]);
        return new Scores(1, [.. Enumerable.Range(0, frame.RowCount).Select(row => 3 * a.Values[row] + b.Values[row])]);
    }

    private static IEnumerable<double> Truth() => Enumerable.Range(0, Rows).Select(row => 3 * A[row] + B[row]);

    private static double[] Numbers(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rows).Select(_ => random.NextDouble())];
    }

    private static double Deviation(double[] values) => Math.Sqrt(values.Sum(v => (v - values.Average()) * (v - values.Average())) / values.Length);
}
