using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>Four words a vector, two vectors side by side: for processors without vectors of 256 bits.</summary>
internal sealed class Vector128MaskKernel : MaskKernel
{
    private const int Lanes = 4;

    /// <inheritdoc/>
    public override void Meet(uint[] table, ReadOnlySpan<int> offsets, int features, int stride, Span<uint> alive)
    {
        ref var masks = ref MemoryMarshal.GetArrayDataReference(table);
        ref var result = ref MemoryMarshal.GetReference(alive);
        for (var row = 0; row < alive.Length / stride; row++)
        {
            var places = offsets.Slice(row * features, features);
            for (var word = 0; word < stride; word += 2 * Lanes)
            {
                var (a, b) = (Vector128<uint>.AllBitsSet, Vector128<uint>.AllBitsSet);
                foreach (var offset in places)
                {
                    ref var from = ref Unsafe.Add(ref masks, offset + word);
                    a &= Vector128.LoadUnsafe(ref from);
                    b &= Vector128.LoadUnsafe(ref from, Lanes);
                }
                a.StoreUnsafe(ref result, (nuint)word);
                b.StoreUnsafe(ref result, (nuint)(word + Lanes));
            }
            result = ref Unsafe.Add(ref result, stride);
        }
    }
}
