using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>
/// Eight words a vector. Four vectors side by side go through all features before they are written, so that the conjunction stays in
/// registers and every mask is read once; what is left of a row goes one vector at a time.
/// </summary>
internal sealed class Vector256MaskKernel : MaskKernel
{
    private const int Lanes = 8;

    /// <inheritdoc/>
    public override void Meet(uint[] table, ReadOnlySpan<int> offsets, int features, int stride, Span<uint> alive)
    {
        ref var masks = ref MemoryMarshal.GetArrayDataReference(table);
        ref var result = ref MemoryMarshal.GetReference(alive);
        for (var row = 0; row < alive.Length / stride; row++)
        {
            ref var offset = ref MemoryMarshal.GetReference(offsets.Slice(row * features, features));
            var word = 0;
            for (; word <= stride - 4 * Lanes; word += 4 * Lanes)
                MeetFour(ref Unsafe.Add(ref masks, word), ref offset, features, ref Unsafe.Add(ref result, word));
            for (; word < stride; word += Lanes)
            {
                var met = Vector256<uint>.AllBitsSet;
                for (var f = 0; f < features; f++) met &= Vector256.LoadUnsafe(ref masks, (nuint)(Unsafe.Add(ref offset, f) + word));
                met.StoreUnsafe(ref result, (nuint)word);
            }
            result = ref Unsafe.Add(ref result, stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void MeetFour(ref uint masks, ref int offset, int features, ref uint result)
    {
        var a = Vector256<uint>.AllBitsSet;
        var (b, c, d) = (a, a, a);
        for (var f = 0; f < features; f++)
        {
            ref var from = ref Unsafe.Add(ref masks, Unsafe.Add(ref offset, f));
            a &= Vector256.LoadUnsafe(ref from);
            b &= Vector256.LoadUnsafe(ref from, Lanes);
            c &= Vector256.LoadUnsafe(ref from, 2 * Lanes);
            d &= Vector256.LoadUnsafe(ref from, 3 * Lanes);
        }
        a.StoreUnsafe(ref result);
        b.StoreUnsafe(ref result, Lanes);
        c.StoreUnsafe(ref result, 2 * Lanes);
        d.StoreUnsafe(ref result, 3 * Lanes);
    }
}
