using Perennial.Learning.Metrics;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Metrics;

public class BootstrapTests
{
    private static (double[] Labels, Scores Good, Scores Poor) Rows(int count, ulong seed)
    {
        var random = new Xoshiro256(seed);
        var labels = new double[count];
        var good = new double[count];
        var poor = new double[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(2);
            good[i] = 0.3 * labels[i] + 0.7 * random.NextDouble();
            poor[i] = 0.1 * labels[i] + 0.9 * random.NextDouble();
        }
        return (labels, new Scores(1, good), new Scores(1, poor));
    }

    [Fact]
    public void The_interval_holds_the_estimate_and_narrows_with_rows()
    {
        var (labels, good, _) = Rows(200, 1);
        var narrow = Rows(3200, 1);
        var few = Bootstrap.Interval("rocAuc", TaskKind.Binary, labels, good, default, 400, 0.95, 5);
        var many = Bootstrap.Interval("rocAuc", TaskKind.Binary, narrow.Labels, narrow.Good, default, 400, 0.95, 5);
        Assert.InRange(few.Estimate, few.Low, few.High);
        // Sixteen times the rows: a quarter of the width, give or take the resampling.
        Assert.InRange((few.High - few.Low) / (many.High - many.Low), 3, 5.4);
    }

    [Theory]
    [InlineData(TaskKind.Binary, 1)]
    [InlineData(TaskKind.Multiclass, 3)]
    [InlineData(TaskKind.Regression, 1)]
    public void Every_metric_has_a_weighted_interval_the_same_alone_as_with_others(TaskKind task, int outputs)
    {
        var random = new Xoshiro256(6);
        double[] labels = [.. Enumerable.Range(0, 150).Select(_ => (double)random.Next(Math.Max(2, outputs)) + (task == TaskKind.Regression ? 1 : 0))];
        var scores = new Scores(outputs, [.. Enumerable.Range(0, 150 * outputs).Select(i => 0.1 + (0.8 * random.NextDouble() / outputs))]);
        double[] weights = [.. labels.Select(_ => 0.5 + random.NextDouble())];
        string[] metrics = [.. MetricCatalog.For(task).Select(metric => metric.Name)];
        var together = Bootstrap.Intervals(metrics, task, labels, scores, weights, seed: 2);
        var computed = ModelMetrics.Compute(task, labels, scores, weights);
        foreach (var metric in metrics)
        {
            Assert.Equal(Bootstrap.Interval(metric, task, labels, scores, weights, seed: 2), together[metric]);
            Assert.Equal(computed[metric], together[metric].Estimate);
            Assert.True(together[metric].Low < together[metric].High, metric);
        }
    }

    [Fact]
    public void The_interval_of_a_mean_is_the_normal_one()
    {
        // The standard error of a share of 0.3 in 1,000 rows is sqrt(0.21 / 1000).
        var labels = Enumerable.Range(0, 1000).Select(i => i < 300 ? 1.0 : 0.0).ToArray();
        var interval = Bootstrap.Interval("accuracy", TaskKind.Binary, labels, new Scores(1, [.. labels.Select(_ => 1.0)]), default, 4000, 0.95, 3);
        var half = 1.959964 * Math.Sqrt(0.21 / 1000);
        Assert.Equal(0.3 - half, interval.Low, 0.0025);
        Assert.Equal(0.3 + half, interval.High, 0.0025);
    }

    [Fact]
    public void The_better_model_is_found_whichever_direction_is_better()
    {
        var (labels, good, poor) = Rows(1000, 2);
        var auc = Bootstrap.Paired("rocAuc", TaskKind.Binary, labels, good, poor, 500, 0.95, 7);
        Assert.True(auc.Low > 0 && auc.ProbabilityBetter == 1);
        var loss = Bootstrap.Paired("logLoss", TaskKind.Binary, labels, good, poor, 500, 0.95, 7);
        Assert.True(loss.High < 0 && loss.ProbabilityBetter == 1);
        Assert.Equal(0.5, Bootstrap.Paired("brier", TaskKind.Binary, labels, good, good, 50, 0.95, 7).ProbabilityBetter);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval()
    {
        var (labels, good, _) = Rows(100, 3);
        Assert.Equal(
            Bootstrap.Interval("prAuc", TaskKind.Binary, labels, good, default, 50, 0.9, 11),
            Bootstrap.Interval("prAuc", TaskKind.Binary, labels, good, default, 50, 0.9, 11));
    }

    [Fact]
    public void An_undefined_metric_has_no_interval()
    {
        Assert.True(double.IsNaN(Bootstrap.Interval("rocAuc", TaskKind.Binary, [1, 1], new Scores(1, [0.1, 0.2]), default).Low));
        Assert.Throws<ArgumentException>(() => Bootstrap.Interval("rmse", TaskKind.Binary, [1], new Scores(1, [0.1]), default));
    }
}
