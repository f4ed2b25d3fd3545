namespace Perennial.Learning.Numerics;

/// <summary>
/// Sums whose result never depends on threads or vector width: blocks of a fixed size are summed from first to last, and the blocks'
/// sums likewise. The blocks also keep the rounding error down.
/// </summary>
internal static class FixedOrderSums
{
    /// <summary>The number of terms a block; part of what results depend on, so it never changes with the machine.</summary>
    public const int Block = 4096;

    /// <summary>How many blocks a number of terms has.</summary>
    public static int Blocks(int count) => (count + Block - 1) / Block;

    /// <summary>The sum of a term an element.</summary>
    public static double Sum<T>(T[] items, Func<T, double> term) => Sum(items.Length, 1, i => term(items[i]));

    /// <summary>The sum of <paramref name="term"/> of 0 to <paramref name="count"/> - 1, blocks shared out over threads.</summary>
    public static double Sum(int count, int threads, Func<int, double> term)
    {
        var sums = new double[Blocks(count)];
        ForEachBlock(count, threads, (block, begin, end) =>
        {
            var sum = 0.0;
            for (var i = begin; i < end; i++) sum += term(i);
            sums[block] = sum;
        });
        var total = 0.0;
        foreach (var sum in sums) total += sum;
        return total;
    }

    /// <summary>The greatest <paramref name="term"/> of 0 to <paramref name="count"/> - 1, or 0 where none is greater.</summary>
    public static double Max(int count, int threads, Func<int, double> term)
    {
        var most = new double[Blocks(count)];
        ForEachBlock(count, threads, (block, begin, end) =>
        {
            for (var i = begin; i < end; i++) most[block] = Math.Max(most[block], term(i));
        });
        var max = 0.0;
        foreach (var value in most) max = Math.Max(max, value);
        return max;
    }

    /// <summary>Runs work on each block: its number, its first index and the index after its last.</summary>
    public static void ForEachBlock(int count, int threads, Action<int, int, int> work)
    {
        var blocks = Blocks(count);
        if (threads == 1 || blocks < 4)
            for (var block = 0; block < blocks; block++) Run(block);
        else
            Parallel.For(0, blocks, new ParallelOptions { MaxDegreeOfParallelism = threads }, Run);

        void Run(int block) => work(block, block * Block, Math.Min((block + 1) * Block, count));
    }
}
