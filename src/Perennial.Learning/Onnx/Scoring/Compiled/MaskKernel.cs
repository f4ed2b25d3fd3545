using System.Runtime.Intrinsics;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>Meets the masks of a row's features. All kernels give the same bits; the scalar one says what they mean.</summary>
internal abstract class MaskKernel
{
    /// <summary>The environment variable that forces a kernel by name: <c>scalar</c>, <c>vector128</c> or <c>vector256</c>.</summary>
    public const string Variable = "PERENNIAL_SCORE_KERNEL";

    /// <summary>A row of masks is a multiple of so many words.</summary>
    public const int Words = 8;

    /// <summary>The kernel for this machine.</summary>
    public static MaskKernel Best { get; } = Choose(Environment.GetEnvironmentVariable(Variable));

    /// <summary>
    /// For each row r and word w below <paramref name="stride"/>: <c>alive[r * stride + w]</c> becomes the conjunction of
    /// <c>table[offsets[r * features + f] + w]</c> over the features f.
    /// </summary>
    /// <param name="table">All masks. Every offset plus the stride lies within it; this is not checked.</param>
    /// <param name="offsets">One a row and feature, row by row.</param>
    /// <param name="features">How many features, at least one.</param>
    /// <param name="stride">A multiple of <see cref="Words"/>.</param>
    /// <param name="alive">The result; its length says how many rows there are.</param>
    public abstract void Meet(uint[] table, ReadOnlySpan<int> offsets, int features, int stride, Span<uint> alive);

    /// <summary>The kernel of that name; the fastest that the hardware runs when the name is null or empty.</summary>
    /// <exception cref="ArgumentException">There is no kernel of that name.</exception>
    public static MaskKernel Choose(string? name) => name switch
    {
        "scalar" => new ScalarMaskKernel(),
        "vector128" => new Vector128MaskKernel(),
        "vector256" => new Vector256MaskKernel(),
        null or "" => Vector256.IsHardwareAccelerated ? new Vector256MaskKernel()
            : Vector128.IsHardwareAccelerated ? new Vector128MaskKernel()
            : new ScalarMaskKernel(),
        _ => throw new ArgumentException($"{Variable} is '{name}'; known kernels are scalar, vector128 and vector256."),
    };
}

/// <summary>The meaning, word by word.</summary>
internal sealed class ScalarMaskKernel : MaskKernel
{
    /// <inheritdoc/>
    public override void Meet(uint[] table, ReadOnlySpan<int> offsets, int features, int stride, Span<uint> alive)
    {
        for (var row = 0; row < alive.Length / stride; row++)
        {
            var result = alive.Slice(row * stride, stride);
            result.Fill(uint.MaxValue);
            foreach (var offset in offsets.Slice(row * features, features))
            {
                var masks = table.AsSpan(offset, stride);
                for (var word = 0; word < result.Length; word++) result[word] &= masks[word];
            }
        }
    }
}
