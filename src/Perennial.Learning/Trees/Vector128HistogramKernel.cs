using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Perennial.Learning.Trees;

/// <summary>
/// One 64-bit or 128-bit addition a row and feature, without a loop over features: the width is a type argument, so that the compiler
/// leaves out what a narrower word does not have. The lanes of a 128-bit addition do not carry into each other, and integer sums do not
/// depend on order, so results are those of the scalar kernel. For processors whose low bytes come first.
/// </summary>
internal sealed class Vector128HistogramKernel : HistogramKernel
{
    /// <inheritdoc/>
    public override void AddWords(ReadOnlySpan<ulong> table, int stride, int bins, int width, ReadOnlySpan<int> rows, Span<long> histogram) =>
        Add<long, Words>(table, stride, bins, width, rows, histogram);

    /// <inheritdoc/>
    public override void AddPairs(ReadOnlySpan<ulong> table, int stride, int bins, int width, ReadOnlySpan<int> rows, Span<long> histogram) =>
        Add<Vector128<long>, Pairs>(table, stride, bins, width, rows, MemoryMarshal.Cast<long, Vector128<long>>(histogram));

    private static void Add<T, TAdder>(ReadOnlySpan<ulong> table, int stride, int bins, int width, ReadOnlySpan<int> rows, Span<T> histogram)
        where T : unmanaged
        where TAdder : struct, IAdder<T>
    {
        if (Slots * width > histogram.Length || Unsafe.SizeOf<T>() / sizeof(ulong) > stride || bins >= stride)
            throw new ArgumentException("There are fewer slots than the features have, or shorter rows than the numbers and bins need.");
        switch (width)
        {
            case 1: Add<Width1, T, TAdder>(table, stride, bins, rows, histogram); break;
            case 2: Add<Width2, T, TAdder>(table, stride, bins, rows, histogram); break;
            case 3: Add<Width3, T, TAdder>(table, stride, bins, rows, histogram); break;
            case 4: Add<Width4, T, TAdder>(table, stride, bins, rows, histogram); break;
            case 5: Add<Width5, T, TAdder>(table, stride, bins, rows, histogram); break;
            case 6: Add<Width6, T, TAdder>(table, stride, bins, rows, histogram); break;
            case 7: Add<Width7, T, TAdder>(table, stride, bins, rows, histogram); break;
            default: Add<Width8, T, TAdder>(table, stride, bins, rows, histogram); break;
        }
    }

    // Rows are those of the table (the grower guarantees it) and a byte indexes the 256 slots that every feature has, so the inner loop has
    // no checks. It is bound by the number of its instructions: bins are loaded byte by byte rather than shifted out of their word, and sums
    // are read and written by index, which the compiler makes one addition in memory.
    private static unsafe void Add<TWidth, T, TAdder>(ReadOnlySpan<ulong> table, nint stride, nint bins, ReadOnlySpan<int> rows, Span<T> histogram)
        where TWidth : struct, IWidth
        where T : unmanaged
        where TAdder : struct, IAdder<T>
    {
        fixed (ulong* first = table)
        fixed (T* sums = histogram)
        {
            foreach (var index in rows)
            {
                var row = first + stride * index;
                var add = *(T*)row;
                var b = (byte*)(row + bins);
                nint slot = b[0];
                sums[slot] = TAdder.Sum(sums[slot], add);
                if (TWidth.Count > 1)
                {
                    slot = b[1];
                    sums[slot + 1 * Slots] = TAdder.Sum(sums[slot + 1 * Slots], add);
                }
                if (TWidth.Count > 2)
                {
                    slot = b[2];
                    sums[slot + 2 * Slots] = TAdder.Sum(sums[slot + 2 * Slots], add);
                }
                if (TWidth.Count > 3)
                {
                    slot = b[3];
                    sums[slot + 3 * Slots] = TAdder.Sum(sums[slot + 3 * Slots], add);
                }
                if (TWidth.Count > 4)
                {
                    slot = b[4];
                    sums[slot + 4 * Slots] = TAdder.Sum(sums[slot + 4 * Slots], add);
                }
                if (TWidth.Count > 5)
                {
                    slot = b[5];
                    sums[slot + 5 * Slots] = TAdder.Sum(sums[slot + 5 * Slots], add);
                }
                if (TWidth.Count > 6)
                {
                    slot = b[6];
                    sums[slot + 6 * Slots] = TAdder.Sum(sums[slot + 6 * Slots], add);
                }
                if (TWidth.Count > 7)
                {
                    slot = b[7];
                    sums[slot + 7 * Slots] = TAdder.Sum(sums[slot + 7 * Slots], add);
                }
            }
        }
    }

    private interface IAdder<T>
    {
        static abstract T Sum(T sum, T number);
    }

    private readonly struct Words : IAdder<long>
    {
        public static long Sum(long sum, long number) => sum + number;
    }

    private readonly struct Pairs : IAdder<Vector128<long>>
    {
        public static Vector128<long> Sum(Vector128<long> sum, Vector128<long> number) => sum + number;
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
