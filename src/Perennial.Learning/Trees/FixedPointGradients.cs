namespace Perennial.Learning.Trees;

/// <summary>
/// Gradients and hessians of rows as integers, so that sums do not depend on their order. A row is a pair of 64-bit numbers: the
/// gradient; and the hessian in the low 40 bits with a row count of 1 above them. One 128-bit addition adds all three.
/// Units are powers of two, chosen from the greatest magnitude so that no sum over all rows can overflow: with n rows a hessian keeps
/// min(30, 40 - log2 n) bits and a gradient 36.
/// </summary>
internal sealed class FixedPointGradients(int rowCount)
{
    /// <summary>The bit where the row count begins.</summary>
    public const int CountShift = 40;

    /// <summary>The most rows whose count fits above the hessian.</summary>
    public const int MostRows = (1 << (64 - CountShift)) - 1;

    private const long HessianMask = (1L << CountShift) - 1;
    private const int GradientBits = 36;

    private readonly int _hessianBits = Math.Min(30, CountShift - BitLength(rowCount));

    /// <summary>Row r has its pair at 2r and 2r + 1.</summary>
    public long[] Pairs { get; } = new long[2 * (long)rowCount];

    /// <summary>What a gradient of 1 stands for.</summary>
    public double GradientUnit { get; private set; }

    /// <summary>What a hessian of 1 stands for.</summary>
    public double HessianUnit { get; private set; }

    /// <summary>Rounds gradients and hessians (at least 0) to the grid that their greatest magnitudes allow.</summary>
    public void Set(ReadOnlySpan<double> gradients, ReadOnlySpan<double> hessians)
    {
        var (gradientScale, hessianScale) = (ScaleFor(gradients, GradientBits), ScaleFor(hessians, _hessianBits));
        GradientUnit = 1 / gradientScale;
        HessianUnit = 1 / hessianScale;
        for (var row = 0; row < gradients.Length; row++)
        {
            Pairs[2 * row] = (long)Math.Round(gradients[row] * gradientScale);
            Pairs[2 * row + 1] = (long)Math.Round(hessians[row] * hessianScale) + (1L << CountShift);
        }
    }

    /// <summary>The sum of hessians inside a summed second half of a pair.</summary>
    public static long HessianOf(long second) => second & HessianMask;

    /// <summary>The number of rows inside a summed second half of a pair.</summary>
    public static int CountOf(long second) => (int)((ulong)second >> CountShift);

    private static double ScaleFor(ReadOnlySpan<double> values, int bits)
    {
        var max = 0.0;
        foreach (var value in values) max = Math.Max(max, Math.Abs(value));
        return max == 0 ? 1 : Math.ScaleB(1, bits - 1 - Math.ILogB(max));
    }

    private static int BitLength(int value) => 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)value);
}
