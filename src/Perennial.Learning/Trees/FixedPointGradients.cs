using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// The exact form, for few rows or very unequal ones: a row is a pair of 64-bit numbers, the gradient; and the hessian in the low 40 bits
/// with the row's count above them. One 128-bit addition adds all three. Units are powers of two, chosen from the greatest magnitude so
/// that no sum over all rows can overflow: with n rows a hessian keeps min(30, 40 - log2 n) bits and a gradient 36.
/// </summary>
internal sealed class FixedPointGradients(int rowCount) : RowSums
{
    private const int GradientBits = 36;

    private readonly int _hessianBits = Math.Min(30, CountShift - BitLength(rowCount));

    /// <summary>Row r has its pair at 2r and 2r + 1.</summary>
    public long[] Pairs { get; } = new long[2 * (long)rowCount];

    /// <inheritdoc/>
    public override int WordsPerRow => 2;

    /// <inheritdoc/>
    public override long[] Words => Pairs;

    /// <inheritdoc/>
    public override int RowsPerDrain => int.MaxValue;

    /// <summary>Rounds gradients and hessians (at least 0) to the grid that their greatest magnitudes allow.</summary>
    /// <param name="gradients">One a row.</param>
    /// <param name="hessians">One a row.</param>
    /// <param name="counts">How many rows each stands for; null when each is one.</param>
    /// <param name="threads">How many threads may work.</param>
    public void Set(double[] gradients, double[] hessians, int[]? counts = null, int threads = 1)
    {
        var (gradientScale, hessianScale) = (ScaleFor(gradients, GradientBits, threads), ScaleFor(hessians, _hessianBits, threads));
        GradientUnit = 1 / gradientScale;
        HessianUnit = 1 / hessianScale;
        FixedOrderSums.ForEachBlock(gradients.Length, threads, (_, begin, end) =>
        {
            for (var row = begin; row < end; row++)
            {
                Pairs[2 * row] = (long)Math.Round(gradients[row] * gradientScale);
                Pairs[2 * row + 1] = (long)Math.Round(hessians[row] * hessianScale) + ((long)(counts?[row] ?? 1) << CountShift);
            }
        });
    }

    /// <inheritdoc/>
    public override void Add(HistogramKernel kernel, ReadOnlySpan<ulong> bins, int stride, int width, ReadOnlySpan<int> rows, ReadOnlySpan<long> words, Span<long> slots) =>
        kernel.AddPairs(bins, stride, width, rows, words, slots);

    /// <inheritdoc/>
    public override void Drain(Span<long> slots, Span<long> pairs)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] += slots[i];
            slots[i] = 0;
        }
    }

    private static double ScaleFor(double[] values, int bits, int threads)
    {
        var max = FixedOrderSums.Max(values.Length, threads, row => Math.Abs(values[row]));
        return max == 0 ? 1 : Math.ScaleB(1, bits - 1 - Math.ILogB(max));
    }

    private static int BitLength(int value) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)value);
}
