using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class SplitFinderTests
{
    [Theory]
    [InlineData(1, 0, 0, 1)]
    [InlineData(2, 0, 0, 20)]
    [InlineData(3, 0.5, 0, 1)]
    [InlineData(4, 0, 3, 5)]
    [InlineData(5, 2, 1e-3, 20)]
    public void Thresholds_found_by_vectors_are_those_found_bin_by_bin(ulong seed, double l1, double minWeight, int minRows)
    {
        var units = Units();
        var options = new BoostedTreesOptions { L1 = l1, L2 = seed % 2, MinChildWeight = minWeight, MinChildRows = minRows };
        var (vectors, scalar) = (new SplitFinder(units, options), new SplitFinder(units, options, isScalar: true));
        var random = new Xoshiro256(seed);
        var found = 0;
        for (var round = 0; round < 400; round++)
        {
            var binning = Binning(1 + random.Next(round % 2 == 0 ? 12 : 255));
            var histogram = Histogram(random, binning.Width, hasMissing: round % 3 > 0, isCoarse: round % 5 == 0);
            var total = default(NodeSums);
            for (var i = 0; i < histogram.Length; i += 2) total += new NodeSums(histogram[i], histogram[i + 1]);
            var expected = scalar.Find(3, binning, histogram, total, LeafBounds.None);
            Assert.Equal(expected, vectors.Find(3, binning, histogram, total, LeafBounds.None));
            if (expected.Gain > 0) found++;
        }
        Assert.InRange(found, 100, 400);
    }

    [Fact]
    public void Of_equal_gains_the_lowest_bin_wins_with_missing_values_on_the_right()
    {
        // The same row in every other bin, mirrored: the first and the last cut gain the same.
        var binning = Binning(11);
        var histogram = new long[2 * binning.Width];
        foreach (var (bin, gradient) in new[] { (1, 9L), (3, -9L), (5, 9L), (7, -9L), (9, 9L) }) (histogram[2 * bin], histogram[2 * bin + 1]) = (gradient << 20, Row(5));
        var total = new NodeSums(9 << 20, 5 * Row(5));
        var options = new BoostedTreesOptions { MinChildRows = 1, MinChildWeight = 0 };
        foreach (var isScalar in new[] { true, false })
        {
            var split = new SplitFinder(Units(), options, isScalar).Find(0, binning, histogram, total, LeafBounds.None);
            Assert.True(split.Gain > 0);
            Assert.Equal((1, false, 5), (split.Bin, split.MissingLeft, split.Left.Count));
        }
    }

    private static FixedPointGradients Units()
    {
        var sums = new FixedPointGradients(new RowTable(1 << 20, 2, 0));
        sums.Begin(1, 1);
        return sums;
    }

    private static FeatureBinning Binning(int values) => FeatureBinning.OfValues([.. Enumerable.Range(0, values).Select(i => (float)i)], 255);

    private static long Row(int count) => ((long)count << RowSums.CountShift) + ((long)count << 12);

    // A third of the bins has no rows; coarse ones have few different sums, so that gains are often equal.
    private static long[] Histogram(Xoshiro256 random, int width, bool hasMissing, bool isCoarse)
    {
        var histogram = new long[2 * width];
        for (var bin = 0; bin < (hasMissing ? width : width - 1); bin++)
        {
            if (random.Next(3) == 0) continue;
            var count = isCoarse ? 4 : 1 + random.Next(40);
            histogram[2 * bin] = isCoarse ? (random.Next(3) - 1L) << 30 : (long)((random.NextDouble() - 0.5) * Math.ScaleB(count, 35));
            histogram[2 * bin + 1] = isCoarse ? Row(count) : ((long)count << RowSums.CountShift) + random.Next(count << 18);
        }
        return histogram;
    }
}
