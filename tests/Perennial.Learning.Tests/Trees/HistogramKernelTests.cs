using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class HistogramKernelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(5000)]
    public void The_vector_kernel_gives_the_sums_of_the_scalar_one(int rowCount)
    {
        var random = new Xoshiro256(3);
        var bins = new byte[rowCount + 100];
        foreach (ref var bin in bins.AsSpan()) bin = (byte)random.Next(256);
        var rows = Enumerable.Range(0, rowCount).Select(_ => random.Next(bins.Length)).ToArray();
        var pairs = Enumerable.Range(0, 2 * rowCount).Select(_ => (long)(random.NextUInt64() >> 20) - (1L << 43)).ToArray();
        var (scalar, vector) = (new long[512], new long[512]);
        HistogramKernel.Choose("scalar").Add(bins, rows, pairs, scalar);
        HistogramKernel.Choose("vector128").Add(bins, rows, pairs, vector);
        Assert.Equal(scalar, vector);
        Assert.Equal(rowCount > 0, scalar.Any(sum => sum != 0));
    }

    [Fact]
    public void The_scalar_kernel_adds_each_row_to_its_bin()
    {
        var histogram = new long[6];
        HistogramKernel.Choose("scalar").Add([2, 0, 1, 2], [0, 3, 1], [5, 50, 7, 70, 9, 90], histogram);
        Assert.Equal([9, 90, 0, 0, 12, 120], histogram);
    }

    [Fact]
    public void An_unknown_kernel_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => HistogramKernel.Choose("fast"));
        Assert.Contains("'fast'", error.Message, StringComparison.Ordinal);
        Assert.IsType<Vector128HistogramKernel>(HistogramKernel.Choose("vector128"));
    }

    [Fact]
    public void Gradients_hessians_and_counts_come_back_from_their_packed_sums()
    {
        double[] gradients = [-0.75, 0.5, 0.25, -1];
        double[] hessians = [0.25, 0.125, 0.0625, 0];
        var packed = new FixedPointGradients(4);
        packed.Set(gradients, hessians);
        var sums = default(NodeSums);
        for (var row = 0; row < 4; row++) sums += new NodeSums(packed.Pairs[2 * row], packed.Pairs[2 * row + 1]);
        Assert.Equal(4, sums.Count);
        Assert.Equal(gradients.Sum(), sums.Gradient * packed.GradientUnit, 1e-9);
        Assert.Equal(hessians.Sum(), sums.Hessian * packed.HessianUnit, 1e-9);
        Assert.Equal(1, (sums - new NodeSums(0, 3L << FixedPointGradients.CountShift)).Count);
    }

    [Fact]
    public void The_greatest_hessians_of_very_many_rows_do_not_run_into_the_count()
    {
        const int Rows = 1_000_000;
        var packed = new FixedPointGradients(Rows);
        packed.Set(new double[Rows], [.. Enumerable.Repeat(0.25, Rows)]);
        var second = 0L;
        for (var row = 0; row < Rows; row++) second += packed.Pairs[2 * row + 1];
        Assert.Equal(Rows, FixedPointGradients.CountOf(second));
        Assert.Equal(Rows * 0.25, FixedPointGradients.HessianOf(second) * packed.HessianUnit, 1e-3);
    }
}
