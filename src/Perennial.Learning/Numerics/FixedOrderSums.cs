namespace Perennial.Learning.Numerics;

/// <summary>
/// Sums whose result never depends on threads or vector width: blocks of a fixed size are summed from first to last, and the blocks'
/// sums likewise. The blocks also keep the rounding error down.
/// </summary>
internal static class FixedOrderSums
{
    /// <summary>The number of terms a block; part of what results depend on, so it never changes with the machine.</summary>
    public const int Block = 4096;

    /// <summary>The sum of a term an element.</summary>
    public static double Sum<T>(ReadOnlySpan<T> items, Func<T, double> term)
    {
        var total = 0.0;
        for (var start = 0; start < items.Length; start += Block)
        {
            var sum = 0.0;
            foreach (var item in items[start..Math.Min(start + Block, items.Length)]) sum += term(item);
            total += sum;
        }
        return total;
    }

    /// <inheritdoc cref="Sum{T}(ReadOnlySpan{T}, Func{T, double})"/>
    public static double Sum<T>(T[] items, Func<T, double> term) => Sum((ReadOnlySpan<T>)items, term);
}
