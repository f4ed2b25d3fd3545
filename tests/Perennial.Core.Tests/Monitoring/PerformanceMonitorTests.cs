using System.Globalization;
using System.Text.Json;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Core.Serving;
using Perennial.Learning;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Tests.Monitoring;

public sealed class PerformanceMonitorTests
{
    private static readonly ModelSignature Signature = new(TaskKind.Binary, "y", ["no", "yes"], 0.5, [], []);

    [Fact]
    public void Windows_like_the_evaluation_alarm_no_oftener_than_alpha_although_the_evaluation_is_a_sample()
    {
        const double alpha = 0.05;
        var (alarms, windows) = (0, 200);
        for (var i = 0; i < windows; i++)
        {
            var random = new Xoshiro256((ulong)i);
            // A drop of any size counts here, so that only the significance stands in the way.
            var spec = Spec("rocAuc", alpha, maxDrop: 0);
            if (PerformanceMonitor.Measure(spec, Signature, Evaluated("rocAuc", Rows(random, 300, 1)), 1, Rows(random, 300, 1))!.Dropped) alarms++;
        }
        // 10 are expected; 21 would be three and a half standard deviations more.
        Assert.InRange(alarms, 1, 21);
    }

    [Theory]
    [InlineData("rocAuc")]
    [InlineData("logLoss")]
    public void A_version_that_became_worse_has_dropped_whichever_direction_is_better(string metric)
    {
        var random = new Xoshiro256(5);
        var baseline = Evaluated(metric, Rows(random, 800, 1));
        Assert.True(PerformanceMonitor.Measure(Spec(metric, 0.01, 0.02), Signature, baseline, 1, Rows(random, 800, 0.1))!.Dropped);
        Assert.False(PerformanceMonitor.Measure(Spec(metric, 0.01, 0.02), Signature, baseline, 1, Rows(random, 800, 2))!.Dropped);
    }

    private static ModelSpec Spec(string metric, double alpha, double maxDrop) =>
        new() { Model = "m", Label = "y", Monitor = new MonitorSpec { Metric = metric, Alpha = alpha, MaxDrop = maxDrop, MinRows = 100 } };

    private static Baseline Evaluated(string metric, List<JoinedPrediction> rows)
    {
        var labels = rows.Select(r => r.Label == "yes" ? 1.0 : 0).ToArray();
        var interval = Bootstrap.Interval(metric, TaskKind.Binary, labels, new Scores(1, [.. rows.Select(r => r.Scores[0])]), default);
        return new Baseline(rows.Count, [], null!, rows.Count,
            new Dictionary<string, double> { [metric] = interval.Estimate }, new Dictionary<string, MetricInterval> { [metric] = new(interval.Low, interval.High) });
    }

    /// <summary>Labels that follow the score; with a skill of 1 as often as it says.</summary>
    private static List<JoinedPrediction> Rows(Xoshiro256 random, int count, double skill) =>
    [
        .. Enumerable.Range(0, count).Select(i =>
        {
            var score = random.NextDouble();
            var chance = Math.Clamp(0.5 + (score - 0.5) * skill, 0, 1);
            var label = random.NextDouble() < chance ? "yes" : "no";
            return new JoinedPrediction(i.ToString(CultureInfo.InvariantCulture), default, 1, default(JsonElement), [score], null, label, label);
        }),
    ];
}
