namespace Perennial.Kills.Work;

/// <summary>Which kinds of requests are under way at this moment.</summary>
internal sealed class InFlight
{
    private readonly int[] _counts = new int[Enum.GetValues<Phase>().Length];

    /// <summary>The kinds that are under way.</summary>
    public IReadOnlyList<Phase> Now() => [.. Enum.GetValues<Phase>().Where(phase => Volatile.Read(ref _counts[(int)phase]) > 0)];

    /// <summary>Does something that counts as under way until its answer has arrived whole, or is lost.</summary>
    public async Task<T> Do<T>(Phase phase, Func<Task<T>> request)
    {
        Interlocked.Increment(ref _counts[(int)phase]);
        try
        {
            return await request();
        }
        finally
        {
            Interlocked.Decrement(ref _counts[(int)phase]);
        }
    }
}
