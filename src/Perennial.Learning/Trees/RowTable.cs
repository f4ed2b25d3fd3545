using System.Runtime.InteropServices;
using Perennial.Learning.Numerics;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Trees;

/// <summary>
/// Rows as histogram kernels read them: the numbers to add and beside them the bins, eight features in a 64-bit word, so that one cache line
/// has all that a kernel needs of a row. Rows of up to four words have a power of two of them, longer ones begin on a cache line.
/// </summary>
internal sealed class RowTable
{
    private readonly ulong[] _array;
    private readonly int _start;
    private readonly int _length;

    /// <summary>Room for rows.</summary>
    /// <param name="rowCount">The number of rows.</param>
    /// <param name="numbers">How many numbers a row has.</param>
    /// <param name="groups">How many words of bins a row has.</param>
    public RowTable(int rowCount, int numbers, int groups)
    {
        (RowCount, Numbers) = (rowCount, numbers);
        var words = Math.Max(1, numbers + groups);
        Stride = words <= 4 ? (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)words) : (words + 7) / 8 * 8;

        // Pinned, so that what begins on a cache line stays there.
        _length = checked(rowCount * Stride);
        _array = HugePages.Advise(GC.AllocateUninitializedArray<ulong>(_length + 7, pinned: true));
        var past = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(_array, 0) % 64) / sizeof(ulong);
        _start = (8 - past) % 8;
    }

    /// <summary>A matrix's bins, and room for numbers.</summary>
    public static RowTable Of(BinnedMatrix matrix, int numbers, int threads)
    {
        var table = new RowTable(matrix.RowCount, numbers, matrix.GroupCount);
        FixedOrderSums.ForEachBlock(matrix.RowCount, threads, (_, begin, end) =>
        {
            table.Words[(begin * table.Stride)..(end * table.Stride)].Clear();
            for (var feature = 0; feature < matrix.FeatureCount; feature++)
                table.Set(matrix.Column(feature).AsSpan(begin, end - begin), begin, feature);
        });
        return table;
    }

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>How many numbers a row has; its bins begin after them.</summary>
    public int Numbers { get; }

    /// <summary>How many words lie between the beginnings of two rows.</summary>
    public int Stride { get; }

    /// <summary>Row r has its numbers from r times <see cref="Stride"/> on, then byte f of word g is the bin of feature 8g + f.</summary>
    public Span<ulong> Words => _array.AsSpan(_start, _length);

    /// <summary>The words from a row's first number on.</summary>
    public Span<long> From(int row) => MemoryMarshal.Cast<ulong, long>(Words[(row * Stride)..]);

    private void Set(ReadOnlySpan<byte> bins, int first, int feature)
    {
        var words = Words[(first * Stride + Numbers + feature / HistogramKernel.Group)..];
        var shift = 8 * (feature % HistogramKernel.Group);
        for (var i = 0; i < bins.Length; i++) words[i * Stride] |= (ulong)bins[i] << shift;
    }
}
