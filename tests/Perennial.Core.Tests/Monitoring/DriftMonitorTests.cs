using System.Text.Json;
using Perennial.Core.Data;
using Perennial.Core.Monitoring;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Tests.Monitoring;

public sealed class DriftMonitorTests
{
    private static readonly MonitorSpec Spec = new();

    [Fact]
    public void Windows_of_the_same_distribution_drift_nowhere_even_where_the_index_is_large()
    {
        var random = new Xoshiro256(1);
        var (drifted, large) = (0, 0);
        for (var pass = 0; pass < 100; pass++)
        {
            var pairs = Enumerable.Range(0, 8).Select(_ => Pair(Draw(random, 500, 0), Draw(random, 60, 0))).ToArray();
            var results = DriftMonitor.Compare(Spec, pairs);
            drifted += results.Count(r => r.Drifted);
            large += results.Count(r => r.Psi > Spec.Psi);
        }
        Assert.True(large > 100);
        Assert.InRange(drifted, 0, 2);
    }

    [Fact]
    public void A_shift_that_is_certain_but_small_is_no_drift()
    {
        var random = new Xoshiro256(2);

        var result = Assert.Single(DriftMonitor.Compare(Spec, [Pair(Draw(random, 20_000, 0), Draw(random, 20_000, 0.05))]));

        Assert.True(result.PValue < Spec.Alpha && result.Psi < Spec.Psi);
        Assert.False(result.Drifted);
    }

    [Fact]
    public void A_shift_that_is_large_and_certain_is_drift()
    {
        var random = new Xoshiro256(3);

        var result = Assert.Single(DriftMonitor.Compare(Spec, [Pair(Draw(random, 1000, 0), Draw(random, 300, 0.5))]));

        Assert.True(result is { Drifted: true, JensenShannon: > 0.2 });
    }

    [Fact]
    public void The_p_value_is_adjusted_for_the_number_of_features()
    {
        var random = new Xoshiro256(4);
        var pair = Pair(Draw(random, 300, 0), Draw(random, 300, 0.1));

        var alone = DriftMonitor.Compare(Spec, [pair])[0].PValue;
        var among = DriftMonitor.Compare(Spec, [.. Enumerable.Repeat(pair, 5)])[0].PValue;

        Assert.InRange(alone, 1e-12, 0.2);
        Assert.Equal(alone * 5, among, 12);
    }

    [Fact]
    public void A_column_that_goes_missing_has_drifted()
    {
        var then = Profiles.Of(Draw(new Xoshiro256(5), 1000, 0));

        Assert.True(DriftMonitor.Compare(Spec, [(then, then with { Counts = [.. then.Counts.Select(_ => 0L)], Missing = 300 })])[0].Drifted);
    }

    [Fact]
    public void A_window_is_counted_into_the_bins_of_the_baseline()
    {
        var numbers = new ColumnProfile("x", ColumnType.Numeric, [1, 2], null, [0, 0, 0], 0);
        var levels = new ColumnProfile("x", ColumnType.Categorical, null, ["a", "b"], [0, 0, 0], 0);
        JsonElement[] Rows(params string[] values) => [.. values.Select(v => JsonDocument.Parse($$"""{ "x": {{v}} }""").RootElement)];

        var counted = WindowProfile.Count(numbers, Rows("1", "1.5", "2", "3", "null", "\"text\""))!;
        Assert.Equal([1, 2, 1, 2], counted.Counts.Append(counted.Missing));
        counted = WindowProfile.Count(levels, Rows("\"a\"", "\"b\"", "\"c\"", "true", "null"))!;
        Assert.Equal([1, 1, 2, 1], counted.Counts.Append(counted.Missing));
        Assert.Null(WindowProfile.Count(numbers with { Name = "y" }, Rows("1")));
    }

    private static (ColumnProfile, ColumnProfile) Pair(NumericColumn then, NumericColumn now)
    {
        var profile = Profiles.Of(then);
        return (profile, WindowProfile.Count(profile, now.Values.ToArray()));
    }

    private static NumericColumn Draw(Xoshiro256 random, int rows, double shift) =>
        new("x", [.. Enumerable.Range(0, rows).Select(_ => shift + (random.NextUInt64() >> 11) * (1.0 / (1UL << 53)))]);
}
