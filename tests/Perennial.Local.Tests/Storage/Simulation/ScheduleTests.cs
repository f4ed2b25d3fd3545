using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Perennial.Local.Tests.Storage.Simulation;

public sealed class LogScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void A_log_holds_everything_acknowledged() => Schedules.Run(output, "log", 4_000, Drivers.Log);
}

public sealed class TableScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Tables_hold_everything_acknowledged() => Schedules.Run(output, "tables", 2_000, Drivers.Tables);
}

public sealed class PredictionScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Predictions_are_there_once_acknowledged() => Schedules.Run(output, "predictions", 2_000, Drivers.Predictions);
}

public sealed class ArtifactScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Artifacts_stay_as_they_were_seen() => Schedules.Run(output, "artifacts", 1_000, Drivers.Artifacts);
}

public sealed class BlobScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Blobs_stay_as_they_were_seen() => Schedules.Run(output, "blobs", 1_000, Drivers.Blobs);
}

public sealed class ClockScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Time_never_goes_back() => Schedules.Run(output, "clock", 1_000, Drivers.Clock);
}

public sealed class EngineScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Orchestrations_go_on_from_everything_acknowledged() => Schedules.Run(output, "engine", 60, Drivers.Engine, threaded: true);
}

/// <summary>A driver for each store.</summary>
internal static class Drivers
{
    public static readonly NewDriver Log = (dice, disk) => new LogDriver(dice, disk);

    public static readonly NewDriver Tables = (dice, disk) => new TablesDriver(dice, disk);

    public static readonly NewDriver Predictions = (dice, disk) => new PredictionsDriver(dice, disk);

    public static readonly NewDriver Artifacts = (dice, disk) => new ArtifactsDriver(dice, disk);

    public static readonly NewDriver Blobs = (dice, disk) => new BlobsDriver(dice, disk);

    public static readonly NewDriver Clock = (dice, disk) => new ClockDriver(dice, disk);

    public static readonly NewDriver Engine = (dice, disk) => new EngineDriver(dice, disk);
}

/// <summary>Runs many schedules of a store.</summary>
internal static class Schedules
{
    // Multiplies the number of schedules, for longer runs.
    private static readonly int Times = int.Parse(Environment.GetEnvironmentVariable("PERENNIAL_SCHEDULES") ?? "1", CultureInfo.InvariantCulture);

    /// <param name="output">Where the count is told.</param>
    /// <param name="store">What is worked.</param>
    /// <param name="count">How many schedules.</param>
    /// <param name="driver">Makes the driver of the store.</param>
    /// <param name="threaded">The store has threads of its own, so that running it again would not do the same: what happens is written down at once.</param>
    public static void Run(ITestOutputHelper output, string store, int count, NewDriver driver, bool threaded = false)
    {
        var watch = Stopwatch.StartNew();
        var last = (ulong)(count * Times);
        for (var seed = 1UL; seed <= last; seed++)
        {
            List<string>? trail = threaded ? [] : null;
            if (Schedule.Run(seed, driver, trail: trail) is { } wrong) Assert.Fail($"{store}: {Schedule.Explain(seed, driver, wrong, trail)}");
        }
        output.WriteLine($"{store}: {last} schedules (seeds 1 to {last}) of at least {Schedule.LeastOperations} operations, {watch.Elapsed.TotalSeconds:F1} s");
    }
}
