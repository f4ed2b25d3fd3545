namespace Perennial.Core.Data;

/// <summary>A sample that is spread evenly over rows in their order, so that no period is left out.</summary>
internal static class EvenSample
{
    /// <summary>The positions, ascending and each once: all where there are no more than the most that are wanted.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="most">The most positions.</param>
    public static int[] Of(int rows, int most)
    {
        var count = Math.Min(most, rows);
        return [.. Enumerable.Range(0, count).Select(i => (int)((long)i * rows / count))];
    }
}
