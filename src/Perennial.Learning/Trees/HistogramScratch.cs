using System.Runtime.Intrinsics.X86;

namespace Perennial.Learning.Trees;

/// <summary>What one thread needs to sum rows to a histogram of its own. Nothing is allocated after the first use.</summary>
internal sealed class HistogramScratch(BinnedMatrix matrix, HistogramKernel kernel)
{
    // So many rows are summed for one group of features before the next, so that they stay in the nearest cache, and as many are fetched ahead.
#if DEBUG
    private const int Tile = 32;
#else
    private const int Tile = 128;
#endif

    private long[] _slots = [];
    private long[] _pairs = [];
    private int[] _spare = [];
    private int _inSlots;
    private bool _inPairs;

    /// <summary>Room for so many row numbers.</summary>
    public Span<int> Spare(int count)
    {
        if (_spare.Length < count) _spare = new int[count];
        return _spare;
    }

    /// <summary>Makes room for sums of this form, all 0.</summary>
    public void Begin(RowSums sums)
    {
        var slots = sums.WordsPerRow * HistogramKernel.Slots * matrix.FeatureCount;
        if (_slots.Length < slots) _slots = new long[slots];
        else Array.Clear(_slots);
        Array.Clear(_pairs);
        (_inSlots, _inPairs) = (0, false);
    }

    /// <summary>Adds rows to the histograms of all features of the groups that are wanted.</summary>
    public void Add(RowSums sums, ReadOnlySpan<int> rows, bool[] wantedGroups)
    {
        Fetch(sums.Table, rows[..Math.Min(Tile, rows.Length)]);
        while (rows.Length > 0)
        {
            if (_inSlots == sums.RowsPerDrain) Drain(sums);
            var tile = rows[..Math.Min(Math.Min(Tile, rows.Length), sums.RowsPerDrain - _inSlots)];
            rows = rows[tile.Length..];
            Fetch(sums.Table, rows[..Math.Min(Tile, rows.Length)]);
            for (var group = 0; group < wantedGroups.Length; group++)
                if (wantedGroups[group]) sums.Add(kernel, group, matrix.GroupWidth(group), tile, SlotsOf(sums, HistogramKernel.Group * group));
            _inSlots += tile.Length;
        }
    }

    /// <summary>Adds what was summed of a feature to a pair a bin, and leaves zeros.</summary>
    public void MoveTo(Span<long> histogram, int feature, RowSums sums)
    {
        if (_inSlots == 0 && !_inPairs) return;
        sums.Drain(SlotsOf(sums, feature), histogram);
        if (!_inPairs) return;
        var pairs = PairsOf(feature);
        for (var i = 0; i < pairs.Length; i++) histogram[i] += pairs[i];
        pairs.Clear();
    }

    /// <summary>Takes note that all features' sums were moved.</summary>
    public void Reset() => (_inSlots, _inPairs) = (0, false);

    // Asks for all cache lines of rows at once: those of a small leaf lie far apart. Where nearly all rows are there, the processor sees to it.
    private static unsafe void Fetch(RowTable table, ReadOnlySpan<int> rows)
    {
        if (!Sse.IsSupported || rows.IsEmpty || rows[^1] - rows[0] < 2 * rows.Length) return;
        var stride = table.Stride;
        fixed (ulong* first = table.Words)
            foreach (var row in rows)
                for (var word = 0; word < stride; word += 8) Sse.Prefetch0(first + (nint)row * stride + word);
    }

    private void Drain(RowSums sums)
    {
        if (_pairs.Length == 0) _pairs = new long[2 * matrix.TotalBins];
        for (var feature = 0; feature < matrix.FeatureCount; feature++) sums.Drain(SlotsOf(sums, feature), PairsOf(feature));
        (_inSlots, _inPairs) = (0, true);
    }

    private Span<long> PairsOf(int feature) => _pairs.AsSpan(2 * matrix.Offset(feature), 2 * matrix.Binning(feature).Width);

    private Span<long> SlotsOf(RowSums sums, int feature) => _slots.AsSpan(sums.WordsPerRow * HistogramKernel.Slots * feature);
}
