using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Statistics;

namespace Perennial.Learning.Tests.Statistics;

public class QuantileBinsTests
{
    [Fact]
    public void Bins_hold_equal_shares_and_missing_has_its_own()
    {
        var values = Enumerable.Range(0, 1000).Select(i => (double)(i * 7919 % 1000)).Append(double.NaN).ToArray();
        var bins = QuantileBins.Fit(values, 10);
        var counts = bins.Counts(values);
        Assert.Equal(11, bins.Count);
        Assert.All(counts[..^1], count => Assert.Equal(100, count));
        Assert.Equal(1, counts[^1]);
        Assert.Equal("missing", bins.Describe(10));
        Assert.Equal("above 99, up to 199", bins.Describe(1));
    }

    [Fact]
    public void Few_distinct_values_have_a_bin_each_and_a_new_greater_one_shows()
    {
        var bins = QuantileBins.Fit([3, 1, 3, 2, 2, 2], 10);
        Assert.Equal([1, 2, 3], bins.Edges);
        Assert.Equal([1, 3, 2, 1, 0], bins.Counts([1, 2, 2, 2, 3, 3, 99]));
    }

    [Fact]
    public void A_value_that_fills_most_rows_is_never_parted()
    {
        var values = Enumerable.Range(0, 1000).Select(i => i < 900 ? 0.0 : i).ToArray();
        var bins = QuantileBins.Fit(values, 4);
        Assert.Equal([0], bins.Edges);
        Assert.Equal([900, 100, 0], bins.Counts(values));
    }

    [Fact]
    public void No_values_and_one_bin_are_possible()
    {
        Assert.Equal([2, 1], QuantileBins.Fit([double.NaN], 5).Counts([1, double.NaN, 2]));
        Assert.Equal([3, 0], QuantileBins.Fit([1, 2, 3], 1).Counts([1, 2, 3]));
    }

    [Fact]
    public void Edges_rise_bins_follow_them_and_every_value_is_counted_once() => Prop.ForAll<double[], byte>((values, most) =>
    {
        var bins = QuantileBins.Fit(values, 1 + most);
        var present = values.Where(v => !double.IsNaN(v)).ToArray();
        var edges = bins.Edges;
        return Enumerable.Range(1, Math.Max(0, edges.Count - 1)).All(i => edges[i - 1] < edges[i])
            && bins.Count <= most + 3
            && present.All(v => bins.IndexOf(v) is var bin && (bin == 0 || v > edges[bin - 1]) && (bin == edges.Count || v <= edges[bin]))
            && bins.Counts(values).Sum() == values.Length
            && bins.Counts(values)[^1] == values.Length - present.Length
            && edges.SequenceEqual(QuantileBins.Fit([.. values.Reverse()], 1 + most).Edges);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bins_survive_json()
    {
        var bins = QuantileBins.Fit([0.1, 0.2, 1e-300, double.MaxValue], 10);
        Assert.Equal(bins.Edges, JsonSerializer.Deserialize<QuantileBins>(JsonSerializer.Serialize(bins))!.Edges);
    }
}
