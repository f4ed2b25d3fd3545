using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class HistogramKernelTests
{
    [Theory]
    [InlineData(0, 3)]
    [InlineData(1, 1)]
    [InlineData(7, 8)]
    [InlineData(1000, 2)]
    [InlineData(1000, 4)]
    [InlineData(1000, 5)]
    [InlineData(1000, 6)]
    [InlineData(1000, 7)]
    public void The_vector_kernel_gives_the_sums_of_the_scalar_one(int rowCount, int width)
    {
        var random = new Xoshiro256(3);
        var bins = Enumerable.Range(0, 3 * (rowCount + 100)).Select(_ => random.NextUInt64()).ToArray();
        var rows = Enumerable.Range(0, rowCount).Select(_ => random.Next(rowCount + 100)).ToArray();
        var words = Enumerable.Range(0, 2 * rowCount).Select(_ => (long)(random.NextUInt64() >> 20) - (1L << 43)).ToArray();
        foreach (var inPairs in new[] { false, true })
        {
            long[] Sums(string kernel)
            {
                var sums = new long[2 * HistogramKernel.Slots * width];
                if (inPairs) HistogramKernel.Choose(kernel).AddPairs(bins.AsSpan(1), 3, width, rows, words, sums);
                else HistogramKernel.Choose(kernel).AddWords(bins.AsSpan(1), 3, width, rows, words, sums);
                return sums;
            }
            Assert.Equal(Sums("scalar"), Sums("vector128"));
            Assert.Equal(rowCount > 0, Sums("scalar").Any(sum => sum != 0));
        }
    }

    [Theory]
    [InlineData("scalar")]
    [InlineData("vector128")]
    public void A_kernel_adds_each_row_to_its_bin_of_each_feature(string kernel)
    {
        ulong[] bins = [0x0102, 0x0100, 0x0001, 0xFF02];
        var (words, pairs) = (new long[512], new long[1024]);
        HistogramKernel.Choose(kernel).AddWords(bins, 1, 2, [0, 3, 1], [5, 7, 9], words);
        HistogramKernel.Choose(kernel).AddPairs(bins, 1, 2, [0, 3, 1], [5, 50, 7, 70, 9, 90], pairs);
        Assert.Equal([(0, 9), (2, 12), (257, 14), (511, 7)], Filled(words));
        Assert.Equal([(0, 9), (1, 90), (4, 12), (5, 120), (514, 14), (515, 140), (1022, 7), (1023, 70)], Filled(pairs));
    }

    [Fact]
    public void Too_little_room_is_refused()
    {
        var kernel = HistogramKernel.Choose("vector128");
        Assert.Throws<ArgumentException>(() => kernel.AddWords([0], 1, 2, [0], [1], new long[511]));
        Assert.Throws<ArgumentException>(() => kernel.AddWords([0], 1, 1, [0, 0], [1], new long[512]));
        Assert.Throws<ArgumentException>(() => kernel.AddPairs([0], 1, 1, [0], [1], new long[512]));
    }

    [Fact]
    public void An_unknown_kernel_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => HistogramKernel.Choose("fast"));
        Assert.Contains("'fast'", error.Message, StringComparison.Ordinal);
        Assert.IsType<Vector128HistogramKernel>(HistogramKernel.Choose("vector128"));
    }

    private static (int, long)[] Filled(long[] sums) => [.. sums.Index().Where(sum => sum.Item != 0)];
}
