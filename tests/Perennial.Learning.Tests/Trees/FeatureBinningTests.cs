using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Features;
using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class FeatureBinningTests
{
    [Fact]
    public void A_threshold_reproduces_the_partition_of_its_bin_exactly() => Prop.ForAll<float[], byte>((values, bins) =>
    {
        var binning = FeatureBinning.OfValues(values, Math.Max(2, (int)bins));
        return values.Where(v => !float.IsNaN(v)).All(v =>
            Enumerable.Range(0, binning.ValueBins).All(b => binning.BinOf(v) <= b == v <= binning.UpperEdge(b)));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Neighbouring_floats_are_told_apart_by_the_edge_between_them()
    {
        var random = new Xoshiro256(11);
        for (var i = 0; i < 10_000; i++)
        {
            var low = BitConverter.UInt32BitsToSingle((uint)random.NextUInt64());
            if (!float.IsFinite(low)) continue;
            var high = MathF.BitIncrement(low);
            if (low == high) continue;
            var binning = FeatureBinning.OfValues([low, high], 255);
            Assert.Equal(2, binning.ValueBins);
            Assert.Equal((0, 1), (binning.BinOf(low), binning.BinOf(high)));
            Assert.True(low <= binning.UpperEdge(0) && !(high <= binning.UpperEdge(0)), $"{low:R}");
        }
    }

    [Fact]
    public void Bins_never_fall_as_values_rise() => Prop.ForAll<float[], byte>((values, bins) =>
    {
        var binning = FeatureBinning.OfValues(values, Math.Max(2, (int)bins));
        var numbers = values.Where(v => !float.IsNaN(v)).Order().Select(v => (int)binning.BinOf(v)).ToArray();
        return numbers.SequenceEqual(numbers.Order());
    }).QuickCheckThrowOnFailure();

    // Training values are repeated so that there are enough for the tables, and whole ones are among them.
    [Fact]
    public void Many_values_at_once_get_the_bins_that_each_gets_alone() => Prop.ForAll<float[], byte>((values, bins) =>
    {
        float[] training = [.. values, .. values.Select(MathF.Floor), 3, 8191, 8192, -1];
        var binning = FeatureBinning.OfValues(training, Math.Max(2, (int)bins));
        float[] others = [.. training, .. values.Select(v => v / 2), float.NaN, float.NegativeInfinity, float.PositiveInfinity, -0f];
        var many = new byte[others.Length];
        binning.BinOf(others, many);
        return many.SequenceEqual(others.Select(binning.BinOf));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_bin_of_values_has_training_rows_and_there_are_no_more_than_asked_for() => Prop.ForAll<float[], byte>((values, bins) =>
    {
        var most = Math.Max(2, (int)bins);
        var present = values.Where(v => !float.IsNaN(v)).ToArray();
        var binning = FeatureBinning.OfValues(values, most);
        var used = present.Select(v => binning.BinOf(v)).Distinct().Count();
        return binning.ValueBins <= most && used == (present.Length == 0 ? 0 : binning.ValueBins)
            && (present.Distinct().Count() > most || used == present.Select(v => v + 0f).Distinct().Count());
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Bins_do_not_depend_on_the_order_of_rows() => Prop.ForAll<float[], byte>((values, bins) =>
    {
        float[] Edges(float[] ordered)
        {
            var binning = FeatureBinning.OfValues(ordered, Math.Max(2, (int)bins));
            return [.. Enumerable.Range(0, binning.ValueBins).Select(binning.UpperEdge)];
        }
        return Edges(values).SequenceEqual(Edges([.. values.Reverse()])) && Edges(values).SequenceEqual(Edges([.. values.Order()]));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Rows_hold_the_bins_of_all_their_features_side_by_side() => Prop.ForAll<byte, byte>((features, seed) =>
    {
        var random = new Xoshiro256(seed);
        var columns = Enumerable.Range(0, 1 + features % 40).Select(_ => Enumerable.Range(0, 1 + seed).Select(_ => (float)random.Next(300)).ToArray()).ToArray();
        var matrix = BinnedMatrix.Fit(new FeatureMatrix(1 + seed, columns), new int[columns.Length], 255, 2);
        var table = RowTable.Of(matrix, 1 + seed % 2, 2);
        var words = table.Words.ToArray();
        return Enumerable.Range(0, columns.Length).All(f => Enumerable.Range(0, matrix.RowCount).All(row =>
            (byte)(words[row * table.Stride + table.Numbers + f / 8] >> 8 * (f % 8)) == matrix.Column(f)[row] && matrix.Column(f)[row] == matrix.Binning(f).BinOf(columns[f][row])));
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void Few_values_have_a_bin_each_and_many_share_bins_evenly()
    {
        Assert.Equal(3, FeatureBinning.OfValues([5, 1, 5, 9, float.NaN], 255).ValueBins);
        var values = Enumerable.Range(0, 10_000).Select(i => (float)i).ToArray();
        var binning = FeatureBinning.OfValues(values, 16);
        Assert.Equal(16, binning.ValueBins);
        Assert.All(values.GroupBy(v => binning.BinOf(v)), bin => Assert.InRange(bin.Count(), 620, 630));
    }

    [Fact]
    public void A_value_of_very_many_rows_takes_one_bin_and_the_rest_is_still_resolved()
    {
        var values = Enumerable.Range(0, 10_000).Select(i => i < 9_000 ? 0f : i).ToArray();
        var binning = FeatureBinning.OfValues(values, 11);
        Assert.Equal(11, binning.ValueBins);
        Assert.Equal(9_000, values.Count(v => binning.BinOf(v) == 0));
    }

    [Fact]
    public void Missing_has_a_bin_of_its_own_after_all_others_even_where_it_was_never_seen()
    {
        var binning = FeatureBinning.OfValues([1, 2, 3], 255);
        Assert.Equal(3, binning.BinOf(float.NaN));
        Assert.Equal(4, binning.Width);
        Assert.Equal(255, FeatureBinning.OfValues([.. Enumerable.Range(0, 1000).Select(i => (float)i)], 255).BinOf(float.NaN));
    }

    [Fact]
    public void Values_beyond_those_of_training_fall_into_the_outer_bins()
    {
        var binning = FeatureBinning.OfValues([1, 2, 3], 255);
        Assert.Equal((0, 2), (binning.BinOf(float.NegativeInfinity), binning.BinOf(1e30f)));
    }

    [Fact]
    public void The_last_edge_is_finite_unless_training_saw_infinity()
    {
        Assert.Equal(float.MaxValue, FeatureBinning.OfValues([1, 2], 255).UpperEdge(1));
        Assert.Equal(float.PositiveInfinity, FeatureBinning.OfValues([float.NegativeInfinity, float.PositiveInfinity], 255).UpperEdge(1));
    }
}
