using System.Text.Json;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Metrics;

public class ModelMetricsTests
{
    private sealed record Case(
        string Task, int Outputs, double[] Labels, double[] Scores, double[] Weights, Dictionary<string, double> Expected, Curves? Curves = null, double[]? Confusion = null);

    private sealed record Curves(double[] FalsePositiveRates, double[] TruePositiveRates, double[] Recalls, double[] Precisions);

    private static readonly Case[] Cases = JsonSerializer.Deserialize<Case[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Metrics", "reference.json")), JsonSerializerOptions.Web)!;

    public static TheoryData<int> CaseNumbers => [.. Enumerable.Range(0, Cases.Length)];

    [Theory]
    [MemberData(nameof(CaseNumbers))]
    public void Metrics_equal_those_of_scikit_learn(int number)
    {
        var some = Cases[number];
        var task = Enum.Parse<TaskKind>(some.Task, ignoreCase: true);
        var computed = ModelMetrics.Compute(task, some.Labels, new Scores(some.Outputs, some.Scores), some.Weights);
        foreach (var (name, expected) in some.Expected) Assert.Equal(expected, computed[name], 1e-12);
        Assert.Equal(MetricCatalog.For(task).Select(m => m.Name), computed.Keys);
        foreach (var (name, value) in computed) Assert.Equal(value, ModelMetrics.ComputeOne(name, task, some.Labels, new Scores(some.Outputs, some.Scores), some.Weights));
    }

    [Theory]
    [MemberData(nameof(CaseNumbers))]
    public void Weighted_curves_and_confusion_equal_those_of_scikit_learn(int number)
    {
        var some = Cases[number];
        if (some.Confusion is null) return;
        var confusion = ConfusionMatrix.Of(Enum.Parse<TaskKind>(some.Task, ignoreCase: true), some.Labels, new Scores(some.Outputs, some.Scores), some.Weights);
        AssertNear(some.Confusion, confusion.Counts);
        if (some.Curves is not { } curves) return;
        var (roc, pr) = (RocCurve.Of(some.Labels, some.Scores, some.Weights)!, PrCurve.Of(some.Labels, some.Scores, some.Weights)!);
        AssertNear(curves.FalsePositiveRates, roc.FalsePositiveRates);
        AssertNear(curves.TruePositiveRates, roc.TruePositiveRates);
        AssertNear(curves.Recalls, pr.Recalls);
        AssertNear(curves.Precisions, pr.Precisions);
    }

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-12);
    }

    [Fact]
    public void A_metric_that_is_undefined_is_left_out()
    {
        var oneClass = ModelMetrics.Compute(TaskKind.Binary, [1, 1], new Scores(1, [0.2, 0.9]));
        Assert.False(oneClass.ContainsKey("rocAuc"));
        Assert.False(oneClass.ContainsKey("mcc"));
        Assert.Equal(0.5, oneClass["accuracy"]);
        var constant = ModelMetrics.Compute(TaskKind.Regression, [0, 0], new Scores(1, [1, 1]));
        Assert.Equal(["rmse", "mae", "quantileLoss10", "quantileLoss50", "quantileLoss90"], constant.Keys);
        Assert.Empty(ModelMetrics.Compute(TaskKind.Binary, [], new Scores(1, [])));
    }

    [Fact]
    public void One_metric_alone_is_null_where_it_is_undefined_and_refused_where_the_task_has_none()
    {
        Assert.Null(ModelMetrics.ComputeOne("rocAuc", TaskKind.Binary, [1, 1], new Scores(1, [0.2, 0.9])));
        Assert.Throws<ArgumentException>(() => ModelMetrics.ComputeOne("rmse", TaskKind.Binary, [1, 0], new Scores(1, [0.2, 0.9])));
    }

    /// <summary>A trial that is chosen by one metric once paid for all: two rankings of every class against the rest.</summary>
    [Fact]
    public void One_metric_alone_costs_no_more_than_itself()
    {
        const int Rows = 1000, Classes = 50;
        double[] labels = [.. Enumerable.Range(0, Rows).Select(row => (double)(row % Classes))];
        var scores = new Scores(Classes, [.. Enumerable.Range(0, Rows * Classes).Select(i => i * 7919 % 1009 / 1009.0)]);
        long Allocated(Action compute)
        {
            compute();
            var before = GC.GetAllocatedBytesForCurrentThread();
            compute();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        var all = Allocated(() => ModelMetrics.Compute(TaskKind.Multiclass, labels, scores));
        Assert.InRange(Allocated(() => ModelMetrics.ComputeOne("logLoss", TaskKind.Multiclass, labels, scores)), 1, all / 50);
        Assert.InRange(Allocated(() => ModelMetrics.ComputeOne("rocAuc", TaskKind.Multiclass, labels, scores)), 1, all * 2 / 3);
    }

    [Theory]
    [InlineData("rocAuc")]
    [InlineData("prAuc")]
    public void An_area_of_several_classes_is_the_same_once_and_prepared_for_resamples(string metric)
    {
        double[] labels = [.. Enumerable.Range(0, 300).Select(row => (double)(row % 7))];
        var metrics = new WeightedMetrics(TaskKind.Multiclass, labels, new Scores(7, [.. Enumerable.Range(0, 2100).Select(i => i * 7919 % 1009 / 1009.0)]), 0.5);
        var ones = WeightedMetrics.WeightsOrOnes(default, 300);
        Assert.Equal(metrics.Prepare(metric)(ones), metrics.Value(metric, ones));
    }

    [Fact]
    public void A_certain_mistake_has_a_finite_log_loss()
    {
        var metrics = ModelMetrics.Compute(TaskKind.Binary, [1, 0], new Scores(1, [0, 0]));
        Assert.Equal(-Math.Log(1e-15) / 2, metrics["logLoss"], 1e-12);
    }

    [Fact]
    public void The_threshold_is_inclusive()
    {
        Assert.Equal(1, ModelMetrics.Compute(TaskKind.Binary, [1, 0], new Scores(1, [0.3, 0.29]), default, 0.3)["accuracy"]);
    }

    [Fact]
    public void Calibration_error_is_the_gap_of_each_bin()
    {
        // Bin 0.2: mean score 0.25, 1 of 2 positive. Bin 0.9: mean 0.95, 2 of 2 positive.
        var metrics = ModelMetrics.Compute(TaskKind.Binary, [0, 1, 1, 1], new Scores(1, [0.25, 0.25, 0.95, 0.95]));
        Assert.Equal((0.25 + 0.05) / 2, metrics["calibrationError"], 1e-12);
    }

    [Fact]
    public void Labels_that_are_no_class_and_lengths_that_differ_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ModelMetrics.Compute(TaskKind.Binary, [2], new Scores(1, [0.5])));
        Assert.Throws<ArgumentException>(() => ModelMetrics.Compute(TaskKind.Multiclass, [double.NaN], new Scores(2, [0.5, 0.5])));
        Assert.Throws<ArgumentException>(() => ModelMetrics.Compute(TaskKind.Regression, [1, 2], new Scores(1, [0.5])));
        Assert.Throws<ArgumentException>(() => ModelMetrics.Compute(TaskKind.Regression, [1], new Scores(1, [0.5]), [1, 2]));
    }

    [Fact]
    public void Every_default_metric_is_in_its_catalogue()
    {
        foreach (var task in Enum.GetValues<TaskKind>())
            Assert.Contains(MetricCatalog.For(task), m => m.Name == MetricCatalog.Default(task));
        Assert.False(MetricCatalog.Find("logLoss")!.HigherIsBetter);
        Assert.Null(MetricCatalog.Find("auc"));
    }

    [Fact]
    public void Curves_begin_and_end_where_they_must()
    {
        double[] labels = [1, 0, 1, 0, 0];
        double[] scores = [0.9, 0.8, 0.8, 0.3, 0.1];
        var roc = RocCurve.Of(labels, scores)!;
        Assert.Equal([double.PositiveInfinity, 0.9, 0.8, 0.3, 0.1], roc.Thresholds);
        Assert.Equal([0, 0, 1 / 3.0, 2 / 3.0, 1], roc.FalsePositiveRates);
        Assert.Equal([0, 0.5, 1, 1, 1], roc.TruePositiveRates);
        var pr = PrCurve.Of(labels, scores)!;
        Assert.Equal([1, 2 / 3.0, 0.5, 0.4], pr.Precisions);
        Assert.Null(RocCurve.Of([1, 1], [0.1, 0.2]));
        var many = RocCurve.Of([.. Enumerable.Range(0, 1000).Select(i => i % 2.0)], [.. Enumerable.Range(0, 1000).Select(i => i / 1000.0)], default, 50)!;
        Assert.Equal(51, many.Thresholds.Length);
        Assert.Equal((1.0, 1.0), (many.FalsePositiveRates[^1], many.TruePositiveRates[^1]));
    }

    [Fact]
    public void A_confusion_matrix_counts_actual_by_predicted()
    {
        var matrix = ConfusionMatrix.Of(TaskKind.Binary, [1, 1, 0, 0, 0], new Scores(1, [0.9, 0.1, 0.6, 0.2, 0.3]), [1, 1, 1, 1, 2]);
        Assert.Equal([3, 1, 1, 1], matrix.Counts);
        Assert.Equal(1, matrix[0, 1]);
    }
}
