using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Perennial.Local.Tests.Storage.Simulation;

public sealed class LogScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void A_log_holds_everything_acknowledged() => Schedules.Run(output, "log", Drivers.Log);
}

public sealed class TableScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Tables_hold_everything_acknowledged() => Schedules.Run(output, "tables", Drivers.Tables);
}

public sealed class PredictionScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Predictions_are_there_once_acknowledged() => Schedules.Run(output, "predictions", Drivers.Predictions);
}

public sealed class ArtifactScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Artifacts_stay_as_they_were_seen() => Schedules.Run(output, "artifacts", Drivers.Artifacts);
}

public sealed class BlobScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Blobs_stay_as_they_were_seen() => Schedules.Run(output, "blobs", Drivers.Blobs);
}

public sealed class ClockScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Time_never_goes_back() => Schedules.Run(output, "clock", Drivers.Clock);
}

public sealed class EngineScheduleTests(ITestOutputHelper output)
{
    [Fact]
    public void Orchestrations_go_on_from_everything_acknowledged() => Schedules.Run(output, "engine", Drivers.Engine);
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

public sealed class ScheduleCountTests
{
    [Fact]
    public void A_run_takes_at_least_100_000_schedules() => Assert.True(Schedules.Counts.Values.Sum() >= 100_000);
}

/// <summary>
/// Runs many schedules of a store. PERENNIAL_SCHEDULES multiplies their number, for longer runs; PERENNIAL_SEED runs the one of that seed.
/// </summary>
internal static class Schedules
{
    /// <summary>How many schedules of each store a run of the tests takes.</summary>
    public static readonly IReadOnlyDictionary<string, int> Counts = new Dictionary<string, int>
    {
        ["log"] = 52_000,
        ["tables"] = 6_000,
        ["predictions"] = 8_000,
        ["artifacts"] = 10_000,
        ["blobs"] = 12_000,
        ["clock"] = 12_000,
        ["engine"] = 600,
    };

    private static readonly int Times = int.Parse(Environment.GetEnvironmentVariable("PERENNIAL_SCHEDULES") ?? "1", CultureInfo.InvariantCulture);
    private static readonly string? Seed = Environment.GetEnvironmentVariable("PERENNIAL_SEED");

    public static void Run(ITestOutputHelper output, string store, NewDriver driver)
    {
        // The engine has threads of its own: run again, it would not do the same. What happens is written down at once.
        var threaded = store == "engine";
        var watch = Stopwatch.StartNew();
        var (first, last) = Seed is null ? (1L, (long)Counts[store] * Times) : (long.Parse(Seed, CultureInfo.InvariantCulture), long.Parse(Seed, CultureInfo.InvariantCulture));
        var ran = 0L;
        var found = new ConcurrentDictionary<ulong, (string Wrong, List<string>? Trail)>();
        Parallel.ForEach(
            Partitioner.Create(first, last + 1, threaded ? 1 : 50),
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            (range, loop) =>
            {
                for (var seed = (ulong)range.Item1; seed < (ulong)range.Item2 && !loop.ShouldExitCurrentIteration; seed++)
                {
                    List<string>? trail = threaded ? [] : null;
                    var outcome = Schedule.Run(seed, driver, trail: trail);
                    Interlocked.Increment(ref ran);
                    if (outcome is not { } wrong) continue;
                    found[seed] = (wrong, trail);
                    loop.Break();
                }
            });
        if (!found.IsEmpty)
        {
            var seed = found.Keys.Min();
            Assert.Fail($"{store}: {Schedule.Explain(seed, driver, found[seed].Wrong, found[seed].Trail)}");
        }
        // That these counts come to 100,000 says something only because each was taken to its end.
        Assert.Equal(last - first + 1, ran);
        output.WriteLine($"{store}: {ran} schedules (seeds {first} to {last}) of at least {Schedule.LeastOperations} operations, {watch.Elapsed.TotalSeconds:F1} s");
    }
}
