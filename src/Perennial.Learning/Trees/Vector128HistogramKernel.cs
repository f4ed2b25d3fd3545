using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Trees;

/// <summary>
/// One 64-bit or 128-bit addition a row and feature, without a loop over features: the width is a type argument, so that the compiler
/// leaves out what a narrower word does not have. The lanes of a 128-bit addition do not carry into each other, and integer sums do not
/// depend on order, so results are those of the scalar kernel.
/// </summary>
internal sealed class Vector128HistogramKernel : HistogramKernel
{
    /// <inheritdoc/>
    public override void AddWords(ReadOnlySpan<ulong> bins, int stride, int width, ReadOnlySpan<int> rows, ReadOnlySpan<long> words, Span<long> histogram)
    {
        Require(rows.Length <= words.Length && Slots * width <= histogram.Length);
        switch (width)
        {
            case 1: Words<Width1>(bins, stride, rows, words, histogram); break;
            case 2: Words<Width2>(bins, stride, rows, words, histogram); break;
            case 3: Words<Width3>(bins, stride, rows, words, histogram); break;
            case 4: Words<Width4>(bins, stride, rows, words, histogram); break;
            case 5: Words<Width5>(bins, stride, rows, words, histogram); break;
            case 6: Words<Width6>(bins, stride, rows, words, histogram); break;
            case 7: Words<Width7>(bins, stride, rows, words, histogram); break;
            default: Words<Width8>(bins, stride, rows, words, histogram); break;
        }
    }

    /// <inheritdoc/>
    public override void AddPairs(ReadOnlySpan<ulong> bins, int stride, int width, ReadOnlySpan<int> rows, ReadOnlySpan<long> pairs, Span<long> histogram)
    {
        Require(2 * rows.Length <= pairs.Length && 2 * Slots * width <= histogram.Length);
        switch (width)
        {
            case 1: Pairs<Width1>(bins, stride, rows, pairs, histogram); break;
            case 2: Pairs<Width2>(bins, stride, rows, pairs, histogram); break;
            case 3: Pairs<Width3>(bins, stride, rows, pairs, histogram); break;
            case 4: Pairs<Width4>(bins, stride, rows, pairs, histogram); break;
            case 5: Pairs<Width5>(bins, stride, rows, pairs, histogram); break;
            case 6: Pairs<Width6>(bins, stride, rows, pairs, histogram); break;
            case 7: Pairs<Width7>(bins, stride, rows, pairs, histogram); break;
            default: Pairs<Width8>(bins, stride, rows, pairs, histogram); break;
        }
    }

    // Rows index the matrix that the words were made from (the grower guarantees it) and a byte indexes the 256 slots that every feature
    // has, so the inner loops have no checks.
    private static void Words<TWidth>(ReadOnlySpan<ulong> bins, nint stride, ReadOnlySpan<int> rows, ReadOnlySpan<long> words, Span<long> histogram)
        where TWidth : struct, IWidth
    {
        ref var bin = ref MemoryMarshal.GetReference(bins);
        ref var row = ref MemoryMarshal.GetReference(rows);
        ref var word = ref MemoryMarshal.GetReference(words);
        ref var sums = ref MemoryMarshal.GetReference(histogram);
        for (nint i = 0; i < rows.Length; i++)
        {
            var add = Unsafe.Add(ref word, i);
            var b = Unsafe.Add(ref bin, stride * Unsafe.Add(ref row, i));
            Unsafe.Add(ref sums, (nuint)(byte)b) += add;
            if (TWidth.Count > 1) Unsafe.Add(ref Unsafe.Add(ref sums, Slots), (nuint)(byte)(b >> 8)) += add;
            if (TWidth.Count > 2) Unsafe.Add(ref Unsafe.Add(ref sums, 2 * Slots), (nuint)(byte)(b >> 16)) += add;
            if (TWidth.Count > 3) Unsafe.Add(ref Unsafe.Add(ref sums, 3 * Slots), (nuint)(byte)(b >> 24)) += add;
            if (TWidth.Count > 4) Unsafe.Add(ref Unsafe.Add(ref sums, 4 * Slots), (nuint)(byte)(b >> 32)) += add;
            if (TWidth.Count > 5) Unsafe.Add(ref Unsafe.Add(ref sums, 5 * Slots), (nuint)(byte)(b >> 40)) += add;
            if (TWidth.Count > 6) Unsafe.Add(ref Unsafe.Add(ref sums, 6 * Slots), (nuint)(byte)(b >> 48)) += add;
            if (TWidth.Count > 7) Unsafe.Add(ref Unsafe.Add(ref sums, 7 * Slots), (nuint)(byte)(b >> 56)) += add;
        }
    }

    private static void Pairs<TWidth>(ReadOnlySpan<ulong> bins, nint stride, ReadOnlySpan<int> rows, ReadOnlySpan<long> pairs, Span<long> histogram)
        where TWidth : struct, IWidth
    {
        ref var bin = ref MemoryMarshal.GetReference(bins);
        ref var row = ref MemoryMarshal.GetReference(rows);
        ref var pair = ref Unsafe.As<long, Vector128<long>>(ref MemoryMarshal.GetReference(pairs));
        ref var sums = ref Unsafe.As<long, Vector128<long>>(ref MemoryMarshal.GetReference(histogram));
        for (nint i = 0; i < rows.Length; i++)
        {
            var add = Unsafe.Add(ref pair, i);
            var b = Unsafe.Add(ref bin, stride * Unsafe.Add(ref row, i));
            Unsafe.Add(ref sums, (nuint)(byte)b) += add;
            if (TWidth.Count > 1) Unsafe.Add(ref Unsafe.Add(ref sums, Slots), (nuint)(byte)(b >> 8)) += add;
            if (TWidth.Count > 2) Unsafe.Add(ref Unsafe.Add(ref sums, 2 * Slots), (nuint)(byte)(b >> 16)) += add;
            if (TWidth.Count > 3) Unsafe.Add(ref Unsafe.Add(ref sums, 3 * Slots), (nuint)(byte)(b >> 24)) += add;
            if (TWidth.Count > 4) Unsafe.Add(ref Unsafe.Add(ref sums, 4 * Slots), (nuint)(byte)(b >> 32)) += add;
            if (TWidth.Count > 5) Unsafe.Add(ref Unsafe.Add(ref sums, 5 * Slots), (nuint)(byte)(b >> 40)) += add;
            if (TWidth.Count > 6) Unsafe.Add(ref Unsafe.Add(ref sums, 6 * Slots), (nuint)(byte)(b >> 48)) += add;
            if (TWidth.Count > 7) Unsafe.Add(ref Unsafe.Add(ref sums, 7 * Slots), (nuint)(byte)(b >> 56)) += add;
        }
    }

    private static void Require(bool enough)
    {
        if (!enough) throw new ArgumentException("There are fewer numbers than rows, or fewer slots than features have.");
    }

    private interface IWidth
    {
        static abstract int Count { get; }
    }

    private readonly struct Width1 : IWidth { public static int Count => 1; }

    private readonly struct Width2 : IWidth { public static int Count => 2; }

    private readonly struct Width3 : IWidth { public static int Count => 3; }

    private readonly struct Width4 : IWidth { public static int Count => 4; }

    private readonly struct Width5 : IWidth { public static int Count => 5; }

    private readonly struct Width6 : IWidth { public static int Count => 6; }

    private readonly struct Width7 : IWidth { public static int Count => 7; }

    private readonly struct Width8 : IWidth { public static int Count => 8; }
}
