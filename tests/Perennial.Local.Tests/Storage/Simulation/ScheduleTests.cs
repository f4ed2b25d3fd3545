using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Perennial.Local.Tests.Storage.Simulation;

public sealed class LogScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void A_log_holds_everything_acknowledged_after_every_crash() => Schedules.Run(output, "log", 4_000, (dice, disk) => new LogDriver(dice, disk));
}

/// <summary>Runs many schedules of a store.</summary>
internal static class Schedules
{
    // Multiplies the number of schedules, for longer runs.
    private static readonly int Times = int.Parse(Environment.GetEnvironmentVariable("PERENNIAL_SCHEDULES") ?? "1", CultureInfo.InvariantCulture);

    public static void Run(ITestOutputHelper output, string store, int count, NewDriver driver)
    {
        var watch = Stopwatch.StartNew();
        var wrong = 0UL;
        var last = (ulong)(count * Times);
        for (var seed = 1UL; seed <= last && wrong == 0; seed++)
        {
            if (Schedule.Run(seed, driver) is not null) wrong = seed;
        }
        Assert.True(wrong == 0, wrong == 0 ? "" : $"{store}: {Schedule.Explain(wrong, driver)}");
        output.WriteLine($"{store}: {last} schedules (seeds 1 to {last}) of at least {Schedule.LeastOperations} operations, {watch.Elapsed.TotalSeconds:F1} s");
    }
}
