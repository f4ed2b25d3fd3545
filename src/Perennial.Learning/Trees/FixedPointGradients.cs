using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// The exact form, for few rows or very unequal ones: a row is a pair of 64-bit numbers, the gradient; and the hessian in the low 40 bits
/// with the row's count above them. One 128-bit addition adds all three. Units are powers of two, chosen from the greatest magnitude so
/// that no sum over all rows can overflow: with n rows a hessian keeps min(30, 40 - log2 n) bits and a gradient 36.
/// </summary>
internal sealed class FixedPointGradients(RowTable table) : RowSums(table)
{
    private const int GradientBits = 36;

    private readonly int _hessianBits = Math.Min(30, CountShift - BitLength(table.RowCount));

    private double _gradientScale;
    private double _hessianScale;

    /// <inheritdoc/>
    public override int WordsPerRow => 2;

    /// <inheritdoc/>
    public override int RowsPerDrain => int.MaxValue;

    /// <summary>Rounds gradients and hessians (at least 0) to the grid that their greatest magnitudes allow.</summary>
    /// <param name="gradients">One a row.</param>
    /// <param name="hessians">One a row.</param>
    /// <param name="counts">How many rows each stands for; null when each is one.</param>
    /// <param name="threads">How many threads may work.</param>
    public void Set(double[] gradients, double[] hessians, int[]? counts = null, int threads = 1)
    {
        Begin(FixedOrderSums.Max(gradients.Length, threads, row => Math.Abs(gradients[row])), FixedOrderSums.Max(hessians.Length, threads, row => hessians[row]));
        FixedOrderSums.ForEachBlock(gradients.Length, threads,
            (_, begin, end) => Set(begin, gradients.AsSpan(begin, end - begin), hessians.AsSpan(begin, end - begin), counts));
    }

    /// <summary>Fixes the grid before rows are set one chunk after another.</summary>
    /// <param name="mostGradient">No gradient's magnitude is greater.</param>
    /// <param name="mostHessian">No hessian is greater.</param>
    public void Begin(double mostGradient, double mostHessian)
    {
        (_gradientScale, _hessianScale) = (ScaleFor(mostGradient, GradientBits), ScaleFor(mostHessian, _hessianBits));
        (GradientUnit, HessianUnit) = (1 / _gradientScale, 1 / _hessianScale);
    }

    /// <summary>Sets rows from <paramref name="first"/> on.</summary>
    public void Set(int first, ReadOnlySpan<double> gradients, ReadOnlySpan<double> hessians, int[]? counts)
    {
        var numbers = Table.From(first);
        var stride = Table.Stride;
        for (var i = 0; i < gradients.Length; i++)
        {
            numbers[i * stride] = (long)Math.Round(gradients[i] * _gradientScale);
            numbers[i * stride + 1] = (long)Math.Round(hessians[i] * _hessianScale) + ((long)(counts?[first + i] ?? 1) << CountShift);
        }
    }

    /// <inheritdoc/>
    public override void Add(HistogramKernel kernel, int group, int width, ReadOnlySpan<int> rows, Span<long> slots) =>
        kernel.AddPairs(Table.Words, Table.Stride, Table.Numbers + group, width, rows, slots);

    /// <inheritdoc/>
    public override void Drain(Span<long> slots, Span<long> pairs)
    {
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] += slots[i];
            slots[i] = 0;
        }
    }

    private static double ScaleFor(double most, int bits) => most == 0 ? 1 : Math.ScaleB(1, bits - 1 - Math.ILogB(most));

    private static int BitLength(int value) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)value);
}
