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
        // Rows of four words: two numbers, then two groups of bins of which the second is added.
        var random = new Xoshiro256(3);
        var table = Enumerable.Range(0, 4 * (rowCount + 100)).Select(i => i % 4 < 2 ? (random.NextUInt64() >> 20) - (1UL << 43) : random.NextUInt64()).ToArray();
        var rows = Enumerable.Range(0, rowCount).Select(_ => random.Next(rowCount + 100)).ToArray();
        foreach (var inPairs in new[] { false, true })
        {
            long[] Sums(string kernel)
            {
                var sums = new long[2 * HistogramKernel.Slots * width];
                if (inPairs) HistogramKernel.Choose(kernel).AddPairs(table, 4, 3, width, rows, sums);
                else HistogramKernel.Choose(kernel).AddWords(table, 4, 3, width, rows, sums);
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
        ulong[] table = [5, 50, 0x0102, 0, 9, 90, 0x0100, 0, 11, 110, 0x0001, 0, 7, 70, 0xFF02, 0];
        var (words, pairs) = (new long[512], new long[1024]);
        HistogramKernel.Choose(kernel).AddWords(table, 4, 2, 2, [0, 3, 1], words);
        HistogramKernel.Choose(kernel).AddPairs(table, 4, 2, 2, [0, 3, 1], pairs);
        Assert.Equal([(0, 9), (2, 12), (257, 14), (511, 7)], Filled(words));
        Assert.Equal([(0, 9), (1, 90), (4, 12), (5, 120), (514, 14), (515, 140), (1022, 7), (1023, 70)], Filled(pairs));
    }

    [Fact]
    public void Too_little_room_is_refused()
    {
        var kernel = HistogramKernel.Choose("vector128");
        Assert.Throws<ArgumentException>(() => kernel.AddWords([0, 0], 2, 1, 2, [0], new long[511]));
        Assert.Throws<ArgumentException>(() => kernel.AddWords([0, 0], 2, 2, 1, [0], new long[512]));
        Assert.Throws<ArgumentException>(() => kernel.AddPairs([0, 0, 0], 3, 2, 1, [0], new long[511]));
        Assert.Throws<ArgumentException>(() => kernel.AddPairs([0], 1, 0, 1, [0], new long[512]));
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
