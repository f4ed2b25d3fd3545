using System.Runtime.Intrinsics;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// The fast form, for many rows: gradient, count and hessian of a row in one 64-bit number, so that one addition adds all three. From the
/// top: 27 bits of gradient (of a row: 14 and a sign), 13 of count, 24 of hessian (of a row: 12), so a slot holds 4,095 rows before it
/// must be drained. What does not fit the grid is rounded up or down at random with the odds that keep the expected sum right
/// (stochastic rounding: Y. Shi et al. 2022, "Quantized training of gradient boosting decision trees"); the draw is a hash of row and
/// round, so it is the same everywhere.
/// </summary>
internal sealed class PackedGradients(RowTable table) : RowSums(table)
{
    private const int HessianBits = 24;
    private const int GradientShift = 37;
    private const double MostGradient = (1 << 14) - 1;
    private const double MostHessian = (1 << 12) - 1;
    private const long HessianField = (1L << HessianBits) - 1;
    private const long CountField = (1L << (GradientShift - HessianBits)) - 1;

    private const double Step = 1.0 / 65536;

    private double _gradientScale;
    private double _hessianScale;
    private uint _seed;

    /// <inheritdoc/>
    public override int WordsPerRow => 1;

    /// <inheritdoc/>
    public override int RowsPerDrain => 4095;

    /// <summary>Fixes the grid before rows are set.</summary>
    /// <param name="mostGradient">No gradient's magnitude is greater.</param>
    /// <param name="mostHessian">No hessian is greater.</param>
    /// <param name="seed">What rounds, another for every tree.</param>
    public void Begin(double mostGradient, double mostHessian, uint seed)
    {
        _gradientScale = mostGradient > 0 ? MostGradient / mostGradient : 1;
        _hessianScale = mostHessian > 0 ? MostHessian / mostHessian : 1;
        (GradientUnit, HessianUnit) = (1 / _gradientScale, 1 / _hessianScale);
        _seed = seed * 0x9E3779B9u;
    }

    /// <summary>Sets rows from <paramref name="first"/> on.</summary>
    public void Set(int first, ReadOnlySpan<double> gradients, ReadOnlySpan<double> hessians)
    {
        var words = Table.From(first);
        var stride = Table.Stride;
        var i = Vector256.IsHardwareAccelerated ? SetVectors(first, gradients, hessians, words, stride) : 0;
        for (; i < gradients.Length; i++)
        {
            var draw = Hash((uint)(first + i) + _seed);
            var gradient = (long)Math.Floor(gradients[i] * _gradientScale + (draw & 0xFFFF) * Step);
            var hessian = (long)Math.Floor(hessians[i] * _hessianScale + (draw >> 16) * Step);
            words[i * stride] = (gradient << GradientShift) + (1L << HessianBits) + hessian;
        }
    }

    // Four rows at a time, with the operations of a single one: hashes in 32-bit lanes, the rest in doubles, whose whole numbers are
    // exact. Returns the first row that is left.
    private int SetVectors(int first, ReadOnlySpan<double> gradients, ReadOnlySpan<double> hessians, Span<long> words, int stride)
    {
        var i = 0;
        for (; i <= gradients.Length - 4; i += 4)
        {
            var draw = Hash(Vector128.Create((uint)(first + i) + _seed) + Vector128.Create(0u, 1, 2, 3));
            var low = DeterministicVectors.ToDoubles(draw & Vector128.Create(0xFFFFu)) * Step;
            var high = DeterministicVectors.ToDoubles(draw >>> 16) * Step;
            var gradient = Vector256.Floor(Vector256.Create(gradients[i..]) * _gradientScale + low);
            var hessian = Vector256.Floor(Vector256.Create(hessians[i..]) * _hessianScale + high);
            var word = (DeterministicVectors.ToIntegers(gradient) << GradientShift) + Vector256.Create(1L << HessianBits) + DeterministicVectors.ToIntegers(hessian);
            var four = words.Slice(i * stride, 3 * stride + 1);
            four[0] = word[0];
            four[stride] = word[1];
            four[2 * stride] = word[2];
            four[3 * stride] = word[3];
        }
        return i;
    }

    /// <inheritdoc/>
    public override void Add(HistogramKernel kernel, int group, int width, ReadOnlySpan<int> rows, Span<long> slots) =>
        kernel.AddWords(Table.Words, Table.Stride, Table.Numbers + group, width, rows, slots);

    /// <inheritdoc/>
    public override void Drain(Span<long> slots, Span<long> pairs)
    {
        for (var i = 0; 2 * i < pairs.Length; i++)
        {
            var word = slots[i];
            if (word == 0) continue;
            pairs[2 * i] += word >> GradientShift;
            pairs[2 * i + 1] += (word & HessianField) + (((word >> HessianBits) & CountField) << CountShift);
            slots[i] = 0;
        }
    }

    // The finaliser of xxHash's 32-bit variant (Y. Collet), without its last round.
    private static uint Hash(uint value)
    {
        value ^= value >> 15;
        value *= 0x85EBCA77u;
        value ^= value >> 13;
        value *= 0xC2B2AE3Du;
        return value ^ (value >> 16);
    }

    private static Vector128<uint> Hash(Vector128<uint> value)
    {
        value ^= value >>> 15;
        value *= 0x85EBCA77u;
        value ^= value >>> 13;
        value *= 0xC2B2AE3Du;
        return value ^ (value >>> 16);
    }
}
