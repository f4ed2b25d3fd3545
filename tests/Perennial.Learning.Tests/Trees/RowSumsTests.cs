using Perennial.Learning.Randomness;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Tests.Trees;

public class RowSumsTests
{
    [Fact]
    public void Gradients_hessians_and_counts_come_back_from_their_exact_sums()
    {
        double[] gradients = [-0.75, 0.5, 0.25, -1];
        double[] hessians = [0.25, 0.125, 0.0625, 0];
        var exact = new FixedPointGradients(new RowTable(4, 2, 0));
        exact.Set(gradients, hessians);
        var sums = default(NodeSums);
        for (var row = 0; row < 4; row++) sums += new NodeSums(exact.Table.From(row)[0], exact.Table.From(row)[1]);
        Assert.Equal(4, sums.Count);
        Assert.Equal(gradients.Sum(), sums.Gradient * exact.GradientUnit, 1e-9);
        Assert.Equal(hessians.Sum(), sums.Hessian * exact.HessianUnit, 1e-9);
        Assert.Equal(1, (sums - new NodeSums(0, 3L << RowSums.CountShift)).Count);
        exact.Set(gradients, hessians, [7, 1, 1, 1]);
        Assert.Equal(7, RowSums.CountOf(exact.Table.From(0)[1]));
    }

    [Fact]
    public void The_greatest_hessians_of_very_many_rows_do_not_run_into_the_count()
    {
        const int Rows = 1_000_000;
        var exact = new FixedPointGradients(new RowTable(Rows, 2, 0));
        exact.Set(new double[Rows], [.. Enumerable.Repeat(0.25, Rows)]);
        var second = 0L;
        for (var row = 0; row < Rows; row++) second += exact.Table.From(row)[1];
        Assert.Equal(Rows, RowSums.CountOf(second));
        Assert.Equal(Rows * 0.25, RowSums.HessianOf(second) * exact.HessianUnit, 1e-3);
    }

    [Theory]
    [InlineData(1.0, 1.0)]
    [InlineData(-1.0, 1.0)]
    [InlineData(0.3, 0.25)]
    [InlineData(-0.001, 0.0001)]
    public void A_full_slot_of_packed_rows_drains_to_what_went_in(double gradient, double hessian)
    {
        var packed = new PackedGradients(new RowTable(10_000, 1, 0));
        packed.Begin(1, 1, 5);
        packed.Set(0, [.. Enumerable.Repeat(gradient, 10_000)], [.. Enumerable.Repeat(hessian, 10_000)]);
        var (slots, pairs) = (new long[1], new long[2]);
        foreach (var word in packed.Table.From(0)[..packed.RowsPerDrain]) slots[0] += word;
        packed.Drain(slots, pairs);
        var sums = new NodeSums(pairs[0], pairs[1]);
        Assert.Equal(0, slots[0]);
        Assert.Equal(packed.RowsPerDrain, sums.Count);

        // A row's rounding has a standard deviation of at most half a unit, and they are independent.
        var most = 5 * 0.5 * Math.Sqrt(packed.RowsPerDrain);
        Assert.InRange(sums.Gradient - packed.RowsPerDrain * gradient / packed.GradientUnit, -most, most);
        Assert.InRange(sums.Hessian - packed.RowsPerDrain * hessian / packed.HessianUnit, -most, most);
    }

    [Fact]
    public void Another_seed_rounds_otherwise_and_where_a_row_begins_does_not_matter()
    {
        var random = new Xoshiro256(8);
        double[] gradients = [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble() - 0.5)];
        double[] hessians = [.. Enumerable.Range(0, 100).Select(_ => random.NextDouble())];
        long[] Words(uint seed, int cut)
        {
            var packed = new PackedGradients(new RowTable(100, 1, 1));
            packed.Begin(0.5, 1, seed);
            packed.Set(0, gradients.AsSpan(0, cut), hessians.AsSpan(0, cut));
            packed.Set(cut, gradients.AsSpan(cut), hessians.AsSpan(cut));
            return [.. Enumerable.Range(0, 100).Select(row => packed.Table.From(row)[0])];
        }
        Assert.Equal(Words(1, 100), Words(1, 33));
        Assert.NotEqual(Words(1, 100), Words(2, 100));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(1003)]
    public void The_vector_kernel_of_the_log_loss_gives_the_bits_of_the_scalar_one(int rows)
    {
        var random = new Xoshiro256(4);
        double[] margins = [.. Enumerable.Range(0, rows).Select(i => i % 97 == 5 ? 1000 : i % 89 == 3 ? -745.2 : i % 50 == 1 ? 0 : (random.NextDouble() - 0.5) * Math.Pow(10, random.Next(4)))];
        double[] targets = [.. Enumerable.Range(0, rows).Select(_ => random.NextDouble())];
        double[] Fill(string kernel)
        {
            var (gradients, hessians) = (new double[rows], new double[rows]);
            LogLossKernel.Choose(kernel).Fill(margins, targets, gradients, hessians);
            return [.. gradients, .. hessians];
        }
        Assert.Equal(Fill("scalar"), Fill("vector256"));
    }

    [Fact]
    public void An_unknown_kernel_of_the_log_loss_is_refused_by_name() =>
        Assert.Contains("'fast'", Assert.Throws<ArgumentException>(() => LogLossKernel.Choose("fast")).Message, StringComparison.Ordinal);
}
