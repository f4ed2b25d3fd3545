using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Core.Tests.Serving;
using Perennial.Learning;

namespace Perennial.Core.Tests.Monitoring;

public sealed class PerformanceDropTests
{
    private static readonly ModelSignature Regression = LiveModel.Signature with { Task = TaskKind.Regression, Classes = [] };

    [Theory]
    [InlineData("rmse", 5.0, 9.0, true)]
    [InlineData("rmse", 9.0, 5.0, false)]
    [InlineData("r2", 0.999, 19.0, true)]
    [InlineData("r2", 0.5, 9.0, false)]
    public void Dropped_means_worse_whatever_the_direction_of_the_metric(string metric, double baseline, double error, bool dropped) =>
        Assert.Equal(dropped, Measure(metric, baseline, error).Dropped);

    [Theory]
    [InlineData(1000, 1020, false)]
    [InlineData(1000, 1200, true)]
    [InlineData(0.001, 0.00102, false)]
    [InlineData(0.001, 0.0012, true)]
    public void An_error_in_the_labels_unit_may_grow_by_a_share_of_the_baseline(double baseline, double error, bool dropped) =>
        Assert.Equal(dropped, Measure("rmse", baseline, error).Dropped);

    // Every row errs by the same, half of them upwards: rmse is the error, and its interval is narrow.
    private static PerformanceResult Measure(string metric, double baseline, double error)
    {
        var spec = new ModelSpec { Model = "m", Label = "y", Monitor = new MonitorSpec { Metric = metric, MinRows = 100 } };
        var then = LiveModel.NoBaseline with { Metrics = new Dictionary<string, double> { [metric] = baseline } };
        var rows = Enumerable.Range(0, 200).Select(i => new JoinedPrediction(
            $"{i}", LiveModel.Start, 1, LiveModel.Row(1), [i + (i % 2 == 0 ? error : -error)], null, $"{i}", $"{i}"));
        return PerformanceMonitor.Measure(spec, Regression, then, 1, [.. rows])!;
    }
}
