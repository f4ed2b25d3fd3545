using System.Runtime.Intrinsics;

namespace Perennial.Learning.Trees;

/// <summary>
/// Adds rows to the histograms of up to eight features whose bins lie side by side in one 64-bit word a row. All kernels give the same
/// integers; the scalar one says what they mean. A feature's histogram has <see cref="Slots"/> slots whatever the number of its bins.
/// </summary>
internal abstract class HistogramKernel
{
    /// <summary>The environment variable that forces a kernel by name: <c>scalar</c> or <c>vector128</c>.</summary>
    public const string Variable = "PERENNIAL_HISTOGRAM_KERNEL";

    /// <summary>The slots of one feature: as many as a byte can tell apart.</summary>
    public const int Slots = 256;

    /// <summary>The most features a word holds.</summary>
    public const int Group = 8;

    /// <summary>The kernel for this machine.</summary>
    public static HistogramKernel Best { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>
    /// For each row r and each feature f below <paramref name="width"/>: <c>table[stride * r]</c> is added to slot <c>256 f + b</c>, where b
    /// is byte f (the lowest is 0) of <c>table[stride * r + bins]</c>.
    /// </summary>
    /// <param name="table">Numbers and bins of all rows; see <see cref="RowTable"/>.</param>
    /// <param name="stride">How many words lie between the beginnings of two rows.</param>
    /// <param name="bins">Where in a row the features' bins are.</param>
    /// <param name="width">How many features, 1 to 8.</param>
    /// <param name="rows">The rows to add.</param>
    /// <param name="histogram">256 elements a feature.</param>
    public abstract void AddWords(ReadOnlySpan<ulong> table, int stride, int bins, int width, ReadOnlySpan<int> rows, Span<long> histogram);

    /// <summary>The same with a pair of numbers a row (<c>table[stride * r]</c> and the next) and a slot.</summary>
    public abstract void AddPairs(ReadOnlySpan<ulong> table, int stride, int bins, int width, ReadOnlySpan<int> rows, Span<long> histogram);

    /// <summary>The kernel of that name; the fastest that the hardware runs when the name is null or empty.</summary>
    /// <exception cref="ArgumentException">There is no kernel of that name.</exception>
    public static HistogramKernel Choose(string? name) => name switch
    {
        "scalar" => new ScalarHistogramKernel(),
        "vector128" => new Vector128HistogramKernel(),
        null or "" => Vector128.IsHardwareAccelerated && BitConverter.IsLittleEndian ? new Vector128HistogramKernel() : new ScalarHistogramKernel(),
        _ => throw new ArgumentException($"{Variable} is '{name}'; known kernels are scalar and vector128."),
    };
}

/// <summary>The meaning, element by element.</summary>
internal sealed class ScalarHistogramKernel : HistogramKernel
{
    /// <inheritdoc/>
    public override void AddWords(ReadOnlySpan<ulong> table, int stride, int bins, int width, ReadOnlySpan<int> rows, Span<long> histogram)
    {
        foreach (var row in rows)
            for (var f = 0; f < width; f++) histogram[Slots * f + BinOf(table[row * stride + bins], f)] += (long)table[row * stride];
    }

    /// <inheritdoc/>
    public override void AddPairs(ReadOnlySpan<ulong> table, int stride, int bins, int width, ReadOnlySpan<int> rows, Span<long> histogram)
    {
        foreach (var row in rows)
        {
            for (var f = 0; f < width; f++)
            {
                var slot = 2 * (Slots * f + BinOf(table[row * stride + bins], f));
                histogram[slot] += (long)table[row * stride];
                histogram[slot + 1] += (long)table[row * stride + 1];
            }
        }
    }

    private static int BinOf(ulong word, int feature) => (byte)(word >> (8 * feature));
}
