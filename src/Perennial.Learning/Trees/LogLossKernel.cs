using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Trees;

/// <summary>
/// Gradients p - y and hessians p (1 - p) of the binary log loss, p being the sigmoid of the margin. All kernels give the same bits; the
/// scalar one says what they mean.
/// </summary>
internal abstract class LogLossKernel
{
    /// <summary>The environment variable that forces a kernel by name: <c>scalar</c> or <c>vector256</c>.</summary>
    public const string Variable = "PERENNIAL_LOG_LOSS_KERNEL";

    /// <summary>The kernel for this machine.</summary>
    public static LogLossKernel Best { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>Fills gradients and hessians of rows; all spans have one length.</summary>
    public abstract void Fill(ReadOnlySpan<double> margins, ReadOnlySpan<double> targets, Span<double> gradients, Span<double> hessians);

    /// <summary>The kernel of that name; the fastest that the hardware runs when the name is null or empty.</summary>
    /// <exception cref="ArgumentException">There is no kernel of that name.</exception>
    public static LogLossKernel Choose(string? name) => name switch
    {
        "scalar" => new ScalarLogLossKernel(),
        "vector256" => new Vector256LogLossKernel(),
        null or "" => Vector256.IsHardwareAccelerated ? new Vector256LogLossKernel() : new ScalarLogLossKernel(),
        _ => throw new ArgumentException($"{Variable} is '{name}'; known kernels are scalar and vector256."),
    };
}

/// <summary>The meaning, row by row.</summary>
internal sealed class ScalarLogLossKernel : LogLossKernel
{
    /// <inheritdoc/>
    public override void Fill(ReadOnlySpan<double> margins, ReadOnlySpan<double> targets, Span<double> gradients, Span<double> hessians)
    {
        for (var row = 0; row < margins.Length; row++)
        {
            var p = DeterministicMath.Sigmoid(margins[row]);
            gradients[row] = p - targets[row];
            hessians[row] = p * (1 - p);
        }
    }
}

/// <summary>
/// Four rows at a time. Every lane does the operations of <see cref="DeterministicMath.Sigmoid"/> in their order, none contracted, so the
/// bits are the same; both of its branches are 1/(1 + e) or e/(1 + e) with e the exponential of -|x|, so one serves for all lanes. Margins
/// so large that the exponential leaves the normal range go to the scalar kernel.
/// </summary>
internal sealed class Vector256LogLossKernel : LogLossKernel
{
    private const double NormalRange = 700;

    private readonly ScalarLogLossKernel _scalar = new();

    /// <inheritdoc/>
    public override void Fill(ReadOnlySpan<double> margins, ReadOnlySpan<double> targets, Span<double> gradients, Span<double> hessians)
    {
        var row = 0;
        for (; row <= margins.Length - 4; row += 4)
        {
            var margin = Vector256.Create(margins[row..]);
            if (!Vector256.LessThanAll(Vector256.Abs(margin), Vector256.Create(NormalRange)))
            {
                _scalar.Fill(margins.Slice(row, 4), targets.Slice(row, 4), gradients.Slice(row, 4), hessians.Slice(row, 4));
                continue;
            }
            var e = DeterministicVectors.Exp(-Vector256.Abs(margin));
            var above = Vector256.ConditionalSelect(Vector256.GreaterThanOrEqual(margin, Vector256<double>.Zero), Vector256<double>.One, e);
            var p = above / (Vector256<double>.One + e);
            (p - Vector256.Create(targets[row..])).StoreUnsafe(ref MemoryMarshal.GetReference(gradients[row..]));
            (p * (Vector256<double>.One - p)).StoreUnsafe(ref MemoryMarshal.GetReference(hessians[row..]));
        }
        _scalar.Fill(margins[row..], targets[row..], gradients[row..], hessians[row..]);
    }
}
