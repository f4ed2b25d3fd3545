namespace Perennial.Learning.Trees;

/// <summary>
/// Gradients and hessians of rows as integers, so that sums do not depend on their order, in a form that a histogram kernel adds.
/// Whatever the form, sums end as pairs: the gradient; and the hessian in the low 40 bits with the row count above them.
/// </summary>
internal abstract class RowSums(RowTable table)
{
    /// <summary>The bit of a pair's second half where the row count begins.</summary>
    public const int CountShift = 40;

    /// <summary>The most rows whose count fits above the hessian.</summary>
    public const int MostRows = (1 << (64 - CountShift)) - 1;

    private const long HessianMask = (1L << CountShift) - 1;

    /// <summary>How many 64-bit numbers of a row are added, the first ones of those that <see cref="Table"/> has.</summary>
    public abstract int WordsPerRow { get; }

    /// <summary>The rows with their numbers.</summary>
    public RowTable Table => table;

    /// <summary>The most rows that may be summed in one slot before it must be emptied by <see cref="Drain"/>.</summary>
    public abstract int RowsPerDrain { get; }

    /// <summary>What a gradient of 1 stands for.</summary>
    public double GradientUnit { get; protected set; }

    /// <summary>What a hessian of 1 stands for.</summary>
    public double HessianUnit { get; protected set; }

    /// <summary>Adds rows to the slots of one group of up to eight features; see <see cref="HistogramKernel"/>.</summary>
    public abstract void Add(HistogramKernel kernel, int group, int width, ReadOnlySpan<int> rows, Span<long> slots);

    /// <summary>Moves the sums of slots to the pairs of a histogram, and leaves zeros.</summary>
    public abstract void Drain(Span<long> slots, Span<long> pairs);

    /// <summary>The sum of hessians inside a summed second half of a pair.</summary>
    public static long HessianOf(long second) => second & HessianMask;

    /// <summary>The number of rows inside a summed second half of a pair.</summary>
    public static int CountOf(long second) => (int)((ulong)second >> CountShift);
}
