using System.Diagnostics;

namespace Perennial.Durable.Bench;

/// <summary>Concurrent writers, each with one write under way: the next begins when the one before is acknowledged.</summary>
internal static class Writers
{
    /// <summary>Acknowledged writes per second. The write is told which writer it is for and which of its writes it is.</summary>
    public static async Task<double> Rate(int writers, double seconds, Func<int, int, Task> write)
    {
        var start = Stopwatch.GetTimestamp();
        var counts = await Task.WhenAll(Enumerable.Range(0, writers).Select(writer => Task.Run(async () =>
        {
            var count = 0;
            while (Stopwatch.GetElapsedTime(start).TotalSeconds < seconds) await write(writer, count++);
            return count;
        })));
        return counts.Sum() / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }
}
