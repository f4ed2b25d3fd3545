using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Tests.Storage;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration;

/// <summary>The power fails before each of the disk's operations in turn: opening, commits, and every step of a compaction.</summary>
public sealed class PowerCutTests
{
    private const string Folder = "/data/orchestrations";
    private static readonly OrchestrationName<int, int> Sum = new("Sum");
    private static readonly OrchestrationName<int, int> Once = new("Once");
    private static readonly ActivityName<int, int> Double = new("Double");

    private readonly MovableClock _clock = new(EmbeddedHost.Start);
    private EngineOptions _options = new();

    [Theory]
    [InlineData(30)]
    [InlineData(0)]
    public async Task Whatever_operation_the_power_cuts_short_all_that_was_acknowledged_is_there(int unloadAfterSeconds)
    {
        _options = new EngineOptions { CompactAfterBytes = 1, UnloadAfter = TimeSpan.FromSeconds(unloadAfterSeconds) };
        var whole = new SimulatedDisk();
        Assert.Equal(8, await Work(whole));
        var operations = whole.Calls.Count;
        Assert.Contains(whole.Calls, call => call.StartsWith("rename", StringComparison.Ordinal));
        Assert.Contains(whole.Calls, call => call.StartsWith("delete", StringComparison.Ordinal));

        for (var at = 0; at < operations + 10; at++)
        {
            var disk = new SimulatedDisk();
            var left = at;
            disk.Fault = (_, _) => left-- > 0 ? null : new IOException("The power is gone.");
            var acknowledged = await Work(disk);

            // A crash right after the recovery must find the same.
            var after = disk.Crash();
            await Check(after, acknowledged, at);
            await Check(after.Crash(), acknowledged, at);
        }
    }

    [Fact]
    public async Task An_activity_starts_only_once_that_it_was_asked_for_is_durable()
    {
        var disk = new SimulatedDisk();
        var release = new TaskCompletionSource();
        var catalog = new OrchestrationCatalog()
            .Add(Once, static (context, input) => context.Call(Double, input))
            .Add(Double, async (input, _, _) =>
            {
                await release.Task;
                return input;
            });
        var engine = new DurableEngine(Folder, catalog, _clock, options: null, disk);
        await engine.StartAsync();
        // The one activity is asked for with the first sync, and has ended at the second.
        var atSyncs = new List<int>();
        disk.Fault = (operation, _) =>
        {
            if (operation == "sync")
            {
                atSyncs.Add(engine.RunningActivities);
            }

            return null;
        };

        await engine.Start(Once, "once", 1);
        release.SetResult();
        await engine.WhenIdle();

        Assert.Equal(OrchestrationStatus.Completed, (await engine.Get("once"))!.Status);
        Assert.True(atSyncs.Count >= 2);
        Assert.All(atSyncs, running => Assert.Equal(0, running));
        engine.Abandon();
    }

    // Sends 1, 2, ... one after the other; how many were acknowledged.
    private async Task<int> Work(SimulatedDisk disk)
    {
        var acknowledged = 0;
        for (var life = 0; life < 2; life++)
        {
            var engine = new DurableEngine(Folder, Catalog(), _clock, _options, disk);
            try
            {
                await engine.StartAsync();
                await engine.Start(Sum, "sum", 0);
                for (var i = 0; i < 4; i++)
                {
                    await engine.Start(Once, $"once-{acknowledged + 1}", acknowledged + 1);
                    await engine.RaiseEvent("sum", "Add", acknowledged + 1);
                    acknowledged++;
                }

                await engine.WhenIdle();
            }
            catch (Exception exception) when (exception is IOException or InvalidOperationException)
            {
                engine.Abandon();
                return acknowledged;
            }

            engine.Abandon();
        }

        return acknowledged;
    }

    private async Task Check(SimulatedDisk disk, int acknowledged, int at)
    {
        var engine = new DurableEngine(Folder, Catalog(), _clock, _options, disk);
        await engine.StartAsync();
        await engine.WhenIdle();
        for (var i = 1; i <= acknowledged; i++)
        {
            var once = await engine.Get($"once-{i}");
            Assert.True(once is { Status: OrchestrationStatus.Completed }, $"Operation {at}: once-{i} is {once?.Status}.");
            Assert.Equal(2 * i, once!.Output!.Value.GetInt32());
        }

        if (acknowledged > 0)
        {
            var status = (await engine.Get("sum"))!.CustomStatus!.Value.GetInt32();
            // One more may have become durable without an acknowledgement.
            Assert.True(
                status == acknowledged * (acknowledged + 1) || status == (acknowledged + 1) * (acknowledged + 2),
                $"Operation {at}: the sum is {status} after {acknowledged} acknowledged events.");
        }

        engine.Abandon();
    }

    private static OrchestrationCatalog Catalog() => new OrchestrationCatalog()
        .Add(Double, static (int value) => 2 * value)
        .Add(Once, static (context, input) => context.Call(Double, input))
        .Add(Sum, static async (context, sum) =>
        {
            context.SetStatus(sum);
            for (var i = 0; i < 3; i++)
            {
                sum += await context.Call(Double, (await context.WaitForEvent<int>("Add")).Value);
                context.SetStatus(sum);
            }

            context.ContinueAsNew(sum);
            return 0;
        });
}
