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
    public void Orchestrations_go_on_from_everything_acknowledged() => Schedules.Run(output, "engine", 100, Drivers.Engine);
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
