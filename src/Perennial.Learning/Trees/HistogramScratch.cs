using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Perennial.Learning.Trees;

/// <summary>What one thread needs to sum rows to a histogram of its own. Nothing is allocated after the first use.</summary>
internal sealed class HistogramScratch(BinnedMatrix matrix, ReadOnlyMemory<ulong> bins, HistogramKernel kernel)
{
    // So many rows are summed for one group of features before the next, so that their numbers and bins stay in the nearest cache.
#if DEBUG
    private const int Tile = 32;
#else
    private const int Tile = 512;
#endif

    // Rows of fewer words lie so close that the processor fetches them in time by itself.
    private const int WideStride = 4;

    private readonly int _stride = matrix.Stride;
    private readonly long[] _words = new long[2 * Tile];
    private long[] _slots = [];
    private int[] _spare = [];
    private int _inSlots;

    /// <summary>The sums since <see cref="Begin"/>, a pair a bin; complete after <see cref="Finish"/>.</summary>
    public long[] Pairs { get; private set; } = [];

    /// <summary>Whether rows were summed since <see cref="Begin"/> was asked for.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Room for so many row numbers.</summary>
    public Span<int> Spare(int count)
    {
        if (_spare.Length < count) _spare = new int[count];
        return _spare;
    }

    /// <summary>Forgets all sums.</summary>
    public void Reset() => IsUsed = false;

    /// <summary>Adds rows to the histograms of all features of the groups that are wanted.</summary>
    public void Add(RowSums sums, ReadOnlySpan<int> rows, bool[] wantedGroups)
    {
        if (!IsUsed) Begin(sums);
        while (rows.Length > 0)
        {
            if (_inSlots == sums.RowsPerDrain) Drain(sums);
            var tile = rows[..Math.Min(Math.Min(Tile, rows.Length), sums.RowsPerDrain - _inSlots)];
            if (_stride >= WideStride) Fetch(tile);
            var words = Gather(sums, tile);
            for (var group = 0; group < wantedGroups.Length; group++)
                if (wantedGroups[group]) sums.Add(kernel, bins.Span[group..], _stride, matrix.GroupWidth(group), tile, words, SlotsOf(sums, HistogramKernel.Group * group));
            _inSlots += tile.Length;
            rows = rows[tile.Length..];
        }
    }

    /// <summary>Moves what is still in slots to the pairs.</summary>
    public void Finish(RowSums sums)
    {
        if (IsUsed) Drain(sums);
    }

    private void Begin(RowSums sums)
    {
        IsUsed = true;
        var slots = sums.WordsPerRow * HistogramKernel.Slots * matrix.FeatureCount;
        if (_slots.Length < slots) _slots = new long[slots];
        if (Pairs.Length == 0) Pairs = new long[2 * matrix.TotalBins];
        else Array.Clear(Pairs);
    }

    // Asks for all cache lines of the tile at once: rows of a small leaf lie far apart.
    private unsafe void Fetch(ReadOnlySpan<int> rows)
    {
        if (!Sse.IsSupported) return;
        fixed (ulong* first = bins.Span)
            foreach (var row in rows)
                for (var word = 0; word < _stride; word += 8) Sse.Prefetch0(first + (nint)row * _stride + word);
    }

    private ReadOnlySpan<long> Gather(RowSums sums, ReadOnlySpan<int> rows)
    {
        // The grower's rows index the numbers, so the loops have no checks.
        ref var from = ref MemoryMarshal.GetArrayDataReference(sums.Words);
        ref var to = ref MemoryMarshal.GetArrayDataReference(_words);
        ref var row = ref MemoryMarshal.GetReference(rows);
        if (sums.WordsPerRow == 1)
        {
            for (nint i = 0; i < rows.Length; i++) Unsafe.Add(ref to, i) = Unsafe.Add(ref from, (nint)Unsafe.Add(ref row, i));
            return _words.AsSpan(0, rows.Length);
        }
        for (nint i = 0; i < rows.Length; i++)
            Unsafe.Add(ref Unsafe.As<long, Vector128<long>>(ref to), i) = Unsafe.Add(ref Unsafe.As<long, Vector128<long>>(ref from), (nint)Unsafe.Add(ref row, i));
        return _words.AsSpan(0, 2 * rows.Length);
    }

    private void Drain(RowSums sums)
    {
        for (var feature = 0; feature < matrix.FeatureCount; feature++)
            sums.Drain(SlotsOf(sums, feature), Pairs.AsSpan(2 * matrix.Offset(feature), 2 * matrix.Binning(feature).Width));
        _inSlots = 0;
    }

    private Span<long> SlotsOf(RowSums sums, int feature) => _slots.AsSpan(sums.WordsPerRow * HistogramKernel.Slots * feature);
}
