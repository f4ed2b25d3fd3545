using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Perennial.Learning.Trees;

/// <summary>
/// From one feature's values to bin numbers. Bins of an ordered feature are intervals with an inclusive upper edge, so that
/// <c>bin(x) &lt;= b</c> holds exactly where <c>x &lt;= UpperEdge(b)</c> holds in float32: a threshold reproduces the partition that a tree
/// was grown on, bit for bit. Bins of a feature of levels are the codes themselves. Missing has the bin <see cref="MissingBin"/>.
/// </summary>
internal sealed class FeatureBinning
{
    // Fewer values are not worth a table. Debug builds make it nearly always, so that tests see it.
#if DEBUG
    private const int ManyValues = 16;
#else
    private const int ManyValues = 1 << 14;
#endif
    private const int TableSize = 8192;

    private readonly float[] _edges;

    // The edges but the last, then infinity: a value above all of them falls into the last bin.
    private readonly float[] _padded = new float[256];
    private readonly int _firstStep;

    private FeatureBinning(bool isLevels, int valueBins, float[] edges)
    {
        IsLevels = isLevels;
        ValueBins = valueBins;
        _edges = edges;
        if (isLevels) return;
        Array.Fill(_padded, float.PositiveInfinity);
        edges.AsSpan(0, edges.Length - 1).CopyTo(_padded);
        _firstStep = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(2, edges.Length)) / 2;
    }

    /// <summary>Whether bins are codes of levels, which have no order.</summary>
    public bool IsLevels { get; }

    /// <summary>The number of bins of values.</summary>
    public int ValueBins { get; }

    /// <summary>The bin of missing values, after all others. A feature of levels has none, as missing is a code there.</summary>
    public int MissingBin => ValueBins;

    /// <summary>The number of bins with that of missing.</summary>
    public int Width => IsLevels ? ValueBins : ValueBins + 1;

    /// <summary>The inclusive upper edge of a bin: a finite value wherever the training values are finite, even of the last bin.</summary>
    public float UpperEdge(int bin) => _edges[bin];

    /// <summary>The bin of a value that may never have been seen.</summary>
    public byte BinOf(float value)
    {
        if (IsLevels) return (byte)value;
        if (float.IsNaN(value)) return (byte)MissingBin;
        var (low, high) = (0, ValueBins - 1);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (value <= _edges[middle]) high = middle;
            else low = middle + 1;
        }
        return (byte)low;
    }

    /// <summary>The bins of many values.</summary>
    public void BinOf(ReadOnlySpan<float> values, Span<byte> bins)
    {
        if (IsLevels)
        {
            for (var i = 0; i < values.Length; i++) bins[i] = (byte)values[i];
            return;
        }
        if (values.Length < ManyValues)
        {
            for (var i = 0; i < values.Length; i++) bins[i] = BinOf(values[i]);
            return;
        }

        // Most columns of many rows hold small whole numbers: hours, ages, codes, miles. Their bins are looked up.
        var table = new byte[TableSize];
        for (var i = 0; i < table.Length; i++) table[i] = BinOf((float)i);
        for (var i = 0; i < values.Length; i++)
        {
            var whole = (int)values[i];
            bins[i] = (uint)whole < TableSize && values[i] == whole ? table[whole] : BinAmongEdges(values[i]);
        }
    }

    // Halvings of the padded edges without a branch: the sum of the steps counts the edges below the value.
    private byte BinAmongEdges(float value)
    {
        ref var edges = ref MemoryMarshal.GetArrayDataReference(_padded);
        nint low = 0;
        for (nint step = _firstStep; step > 0; step >>= 1) low += Unsafe.Add(ref edges, low + step - 1) < value ? step : 0;
        return float.IsNaN(value) ? (byte)MissingBin : (byte)low;
    }

    /// <summary>Bins for codes 0 to <paramref name="codes"/> - 1.</summary>
    public static FeatureBinning OfLevels(int codes)
    {
        if (codes > 256) throw new ArgumentException($"A feature of levels has {codes} codes; at most 256 fit a byte.");
        return new FeatureBinning(true, codes, []);
    }

    /// <summary>
    /// Quantile bins of the training values: one bin a distinct value where there are few enough, otherwise bins of about equal
    /// numbers of rows that never part equal values.
    /// </summary>
    public static FeatureBinning OfValues(ReadOnlySpan<float> values, int maxBins)
    {
        var (distinct, counts) = DistinctValues.Of(values);
        if (distinct.Length == 0) return new FeatureBinning(false, 1, [float.MaxValue]);
        var lasts = distinct.Length <= maxBins ? [.. Enumerable.Range(0, distinct.Length)] : Quantiles(counts, counts.Sum(count => (long)count), maxBins);
        var edges = new float[lasts.Count];
        for (var bin = 0; bin < edges.Length - 1; bin++) edges[bin] = EdgeBetween(distinct[lasts[bin]], distinct[lasts[bin] + 1]);
        edges[^1] = Math.Max(distinct[^1], float.MaxValue);
        return new FeatureBinning(false, edges.Length, edges);
    }

    /// <summary>A float32 t with <paramref name="low"/> &lt;= t &lt; <paramref name="high"/>, halfway where that can be.</summary>
    internal static float EdgeBetween(float low, float high)
    {
        var middle = (float)(((double)low + high) / 2);
        return middle >= low && middle < high ? middle : low;
    }

    // The index of the last distinct value of each bin. A bin closes when it holds its share of the rows that are left, so that one
    // value with very many rows takes one bin and the others share what remains.
    private static List<int> Quantiles(int[] counts, long rows, int maxBins)
    {
        var lasts = new List<int>(maxBins);
        var (left, inBin) = (rows, 0L);
        for (var i = 0; i < counts.Length - 1; i++)
        {
            inBin += counts[i];
            var binsLeft = maxBins - lasts.Count;
            if (binsLeft == 1 || inBin * binsLeft < left) continue;
            lasts.Add(i);
            left -= inBin;
            inBin = 0;
        }
        lasts.Add(counts.Length - 1);
        return lasts;
    }
}
