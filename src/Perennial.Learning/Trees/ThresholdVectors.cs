using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Perennial.Learning.Trees;

/// <summary>
/// The best threshold of a feature without monotone constraints, four bins at a time. Every lane does the operations of
/// <see cref="SplitFinder"/> in their order, none contracted, on sums that are integers, so the gains are the same bits; of equal ones the
/// lowest key wins, which is the one that comes first there.
/// </summary>
internal readonly struct ThresholdVectors(double gradientUnit, double hessianUnit, BoostedTreesOptions options)
{
    private const int Lanes = 4;

    private readonly double _l1 = options.L1;
    private readonly double _l2 = options.L2;
    private readonly double _minWeight = options.MinChildWeight;
    private readonly long _minRows = options.MinChildRows;

    /// <summary>Whether the processor has what this needs.</summary>
    public static bool IsSupported => Avx2.IsSupported;

    /// <summary>
    /// The best of the first so many bins: its gain, 0 where there is none, and twice its number, one more where missing values go left.
    /// </summary>
    /// <param name="histogram">A pair a bin.</param>
    /// <param name="bins">How many bins may be the last on the left.</param>
    /// <param name="missing">The sums of missing values; they are tried on both sides where there are any.</param>
    /// <param name="total">The sums of the leaf.</param>
    /// <param name="parent">The score of the leaf.</param>
    public (double Gain, int Key) Find(ReadOnlySpan<long> histogram, int bins, NodeSums missing, NodeSums total, double parent)
    {
        Span<long> last = stackalloc long[2 * Lanes];
        var (best, bestKeys) = (Vector256<double>.Zero, Vector256<long>.Zero);

        // Interleaving leaves bins in the order 0, 2, 1, 3.
        var keys = Vector256.Create(0L, 4, 2, 6);
        var left = Vector128<long>.Zero;
        for (var bin = 0; bin < bins; bin += Lanes)
        {
            scoped var four = histogram[(2 * bin)..];
            if (bin + Lanes > bins)
            {
                // Bins without rows have the gain of the bin before, which is not greater.
                last.Clear();
                four[..(2 * (bins - bin))].CopyTo(last);
                four = last;
            }
            var (gradients, seconds) = Prefixes(four, ref left);
            Improve(ref best, ref bestKeys, Gains(gradients, seconds, total, parent), keys);
            if (missing.Count > 0)
            {
                // Missing values alone on the left are the last bin's split seen from the other side.
                var any = Vector256.GreaterThan(seconds >>> RowSums.CountShift, Vector256<long>.Zero).AsDouble();
                var gains = Gains(gradients + Vector256.Create(missing.Gradient), seconds + Vector256.Create(missing.Second), total, parent);
                Improve(ref best, ref bestKeys, gains & any, keys + Vector256<long>.One);
            }
            keys += Vector256.Create(2L * Lanes);
        }
        return First(best, bestKeys);
    }

    private static (Vector256<long> Gradients, Vector256<long> Seconds) Prefixes(ReadOnlySpan<long> four, ref Vector128<long> left)
    {
        ref var pairs = ref MemoryMarshal.GetReference(four[..(2 * Lanes)]);
        var a = left + Vector128.LoadUnsafe(ref pairs);
        var b = a + Vector128.LoadUnsafe(ref pairs, 2);
        var c = b + Vector128.LoadUnsafe(ref pairs, 4);
        left = c + Vector128.LoadUnsafe(ref pairs, 6);
        var (low, high) = (Vector256.Create(a, b), Vector256.Create(c, left));
        return (Avx2.UnpackLow(low, high), Avx2.UnpackHigh(low, high));
    }

    // SplitFinder.Gain, where there are no constraints.
    private Vector256<double> Gains(Vector256<long> gradients, Vector256<long> seconds, NodeSums total, double parent)
    {
        var right = Vector256.Create(total.Second) - seconds;
        var fewest = Vector256.Create(_minRows);
        var rows = Vector256.GreaterThanOrEqual(seconds >>> RowSums.CountShift, fewest) & Vector256.GreaterThanOrEqual(right >>> RowSums.CountShift, fewest);
        var (leftHessians, rightHessians) = (Hessians(seconds), Hessians(right));
        var least = Vector256.Create(_minWeight);
        var weights = Vector256.GreaterThanOrEqual(leftHessians, least) & Vector256.GreaterThanOrEqual(rightHessians, least);
        var scores = Scores(gradients, leftHessians) + Scores(Vector256.Create(total.Gradient) - gradients, rightHessians);
        var gains = scores - Vector256.Create(parent);
        return gains & rows.AsDouble() & weights & Vector256.GreaterThan(gains, SplitFinder.LeastRelativeGain * scores);
    }

    private Vector256<double> Hessians(Vector256<long> seconds) =>
        Vector256.ConvertToDouble(seconds & Vector256.Create(RowSums.HessianOf(-1))) * hessianUnit;

    private Vector256<double> Scores(Vector256<long> gradients, Vector256<double> hessians)
    {
        var towards0 = Vector256.ConvertToDouble(gradients) * gradientUnit;
        if (_l1 != 0)
        {
            var l1 = Vector256.Create(_l1);
            var below = (towards0 + l1) & Vector256.LessThan(towards0, -l1);
            towards0 = Vector256.ConditionalSelect(Vector256.GreaterThan(towards0, l1), towards0 - l1, below);
        }
        var denominators = hessians + Vector256.Create(_l2);
        return (towards0 * towards0 / denominators) & Vector256.GreaterThan(denominators, Vector256<double>.Zero);
    }

    private static void Improve(ref Vector256<double> best, ref Vector256<long> bestKeys, Vector256<double> gains, Vector256<long> keys)
    {
        var better = Vector256.GreaterThan(gains, best);
        best = Vector256.ConditionalSelect(better, gains, best);
        bestKeys = Vector256.ConditionalSelect(better.AsInt64(), keys, bestKeys);
    }

    private static (double Gain, int Key) First(Vector256<double> best, Vector256<long> keys)
    {
        var (gain, key) = (best[0], keys[0]);
        for (var lane = 1; lane < Lanes; lane++)
            if (best[lane] > gain || (best[lane] == gain && keys[lane] < key)) (gain, key) = (best[lane], keys[lane]);
        return (gain, (int)key);
    }
}
