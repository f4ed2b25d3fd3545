using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Trees;

/// <summary>
/// Adds rows to one feature's histogram. All kernels give the same integers; the scalar one says what they mean.
/// </summary>
internal abstract class HistogramKernel
{
    /// <summary>The environment variable that forces a kernel by name: <c>scalar</c> or <c>vector128</c>.</summary>
    public const string Variable = "PERENNIAL_HISTOGRAM_KERNEL";

    /// <summary>The kernel for this machine.</summary>
    public static HistogramKernel Best { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>
    /// For each i: the pair (<c>pairs[2i]</c>, <c>pairs[2i + 1]</c>) is added to the histogram's pair at bin <c>bins[rows[i]]</c>.
    /// </summary>
    /// <param name="bins">The feature's bin of every row of the matrix.</param>
    /// <param name="rows">The rows to add.</param>
    /// <param name="pairs">One pair a row to add, in the order of <paramref name="rows"/>.</param>
    /// <param name="histogram">Two elements a bin of this feature.</param>
    public abstract void Add(ReadOnlySpan<byte> bins, ReadOnlySpan<int> rows, ReadOnlySpan<long> pairs, Span<long> histogram);

    /// <summary>The kernel of that name; the fastest that the hardware runs when the name is null or empty.</summary>
    /// <exception cref="ArgumentException">There is no kernel of that name.</exception>
    public static HistogramKernel Choose(string? name) => name switch
    {
        "scalar" => new ScalarHistogramKernel(),
        "vector128" => new Vector128HistogramKernel(),
        null or "" => Vector128.IsHardwareAccelerated ? new Vector128HistogramKernel() : new ScalarHistogramKernel(),
        _ => throw new ArgumentException($"{Variable} is '{name}'; known kernels are scalar and vector128."),
    };
}

/// <summary>The meaning, element by element.</summary>
internal sealed class ScalarHistogramKernel : HistogramKernel
{
    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<byte> bins, ReadOnlySpan<int> rows, ReadOnlySpan<long> pairs, Span<long> histogram)
    {
        for (var i = 0; i < rows.Length; i++)
        {
            var bin = bins[rows[i]];
            histogram[2 * bin] += pairs[2 * i];
            histogram[2 * bin + 1] += pairs[2 * i + 1];
        }
    }
}

/// <summary>
/// One 128-bit addition a row. Its two lanes are the two 64-bit sums of the scalar kernel; integer lanes do not carry into each other,
/// so the results are the same.
/// </summary>
internal sealed class Vector128HistogramKernel : HistogramKernel
{
    /// <inheritdoc/>
    public override void Add(ReadOnlySpan<byte> bins, ReadOnlySpan<int> rows, ReadOnlySpan<long> pairs, Span<long> histogram)
    {
        ref var bin = ref MemoryMarshal.GetReference(bins);
        ref var row = ref MemoryMarshal.GetReference(rows);
        ref var pair = ref Unsafe.As<long, Vector128<long>>(ref MemoryMarshal.GetReference(pairs));
        ref var sums = ref Unsafe.As<long, Vector128<long>>(ref MemoryMarshal.GetReference(histogram));

        // Rows index the matrix that the bins were made from, and a byte indexes at most 256 bins, all of which the histogram has:
        // the grower guarantees both, so the inner loop has no checks.
        for (nint i = 0; i < rows.Length; i++)
        {
            ref var sum = ref Unsafe.Add(ref sums, (nint)Unsafe.Add(ref bin, (nint)Unsafe.Add(ref row, i)));
            sum = Vector128.Add(sum, Unsafe.Add(ref pair, i));
        }
    }
}
