using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Tests.Storage;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>The log is compacted while work goes on, and what a former build wrote still opens.</summary>
public sealed class CompactionTests : EmbeddedTests
{
    private const string Folder = "/data/orchestrations";
    private static readonly OrchestrationName<string, string> Text = new("Text");

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 30)]
    public async Task Work_that_goes_on_during_a_compaction_is_in_the_compacted_log(int seed, int unloadAfterSeconds)
    {
        var random = new Random(seed);
        var options = new EngineOptions { CompactAfterBytes = 1, UnloadAfter = TimeSpan.FromSeconds(unloadAfterSeconds) };
        await Begin(Sums(), options);
        var sums = new Dictionary<string, int>();
        for (var life = 0; life < 6; life++)
        {
            for (var i = 0; i < 60; i++)
            {
                var id = $"sum-{random.Next(25):D2}";
                var value = random.Next(100);
                await Client.Start(Main, id, 0);
                await Client.RaiseEvent(id, "Add", value);
                sums[id] = sums.GetValueOrDefault(id) + 2 * value;
                if (random.Next(10) == 0)
                {
                    await Client.Terminate(id, "enough");
                    await Host.WhenIdle();
                    await Client.Purge(id);
                    sums.Remove(id);
                }
            }

            if (random.Next(2) == 0)
            {
                await Host.WhenIdle();
            }

            await Kill(Sums(), options);
        }

        await Host.WhenIdle();
        var states = (await Client.Query(new OrchestrationQuery(Take: 1000))).Instances;
        Assert.Equal(sums.OrderBy(sum => sum.Key, StringComparer.Ordinal).Select(sum => (sum.Key, sum.Value)),
            states.Select(state => (state.InstanceId, state.CustomStatus!.Value.GetInt32())));
    }

    [Fact]
    public async Task A_compaction_that_finds_no_space_is_given_up_and_the_work_goes_on()
    {
        var disk = new SimulatedDisk();
        var clock = new MovableClock(EmbeddedHost.Start);
        var options = new EngineOptions { CompactAfterBytes = 1 };
        var engine = new DurableEngine(Folder, Sums(), clock, options, disk);
        await engine.StartAsync();
        await engine.Start(Main, "sum", 0);
        await engine.WhenIdle();

        var refused = 0;
        // Every other new segment: a compaction's fails, and the one in its place is there for what must be written.
        disk.Fault = (operation, path) => operation is "create" && path.Contains(".seg", StringComparison.Ordinal) && ++refused % 2 == 1
            ? new StoreFullException("No space left.") : null;
        for (var i = 1; i <= 20; i++)
        {
            await engine.RaiseEvent("sum", "Add", i);
            await engine.WhenIdle();
        }

        Assert.True(refused > 0);
        Assert.Null(engine.BrokenBy);
        engine.Abandon();
        disk.Fault = null;
        var after = new DurableEngine(Folder, Sums(), clock, options, disk.Crash());
        await after.StartAsync();
        await after.WhenIdle();
        Assert.Equal(420, (await after.Get("sum"))!.CustomStatus!.Value.GetInt32());
        await after.DisposeAsync();
    }

    [Fact]
    public async Task A_start_that_is_asked_for_during_a_compaction_is_acknowledged_before_the_compaction_ends()
    {
        var (compactions, isCompacting) = (0, false);
        var disk = new SimulatedDisk
        {
            Fault = (operation, path) =>
            {
                // A compaction begins with a segment of its own, and ends when the file that names the log's beginning is replaced.
                if (operation == "create" && path.Contains(".seg", StringComparison.Ordinal))
                {
                    Interlocked.Increment(ref compactions);
                    Volatile.Write(ref isCompacting, true);
                }
                else if (operation == "create" && path.Contains("begin", StringComparison.Ordinal))
                {
                    Volatile.Write(ref isCompacting, false);
                }

                return null;
            },
        };
        var engine = new DurableEngine(Folder, Texts(), new MovableClock(EmbeddedHost.Start), new EngineOptions { CompactAfterBytes = 1 }, disk);
        await engine.StartAsync();
        var during = 0;
        for (var i = 0; i < 1_000 && during == 0; i++)
        {
            var (before, wasCompacting) = (Volatile.Read(ref compactions), Volatile.Read(ref isCompacting));
            await engine.Start(Text, $"text-{i}", new string('x', 10_000));
            if (wasCompacting && Volatile.Read(ref isCompacting) && Volatile.Read(ref compactions) == before)
            {
                during++;
            }
        }

        Assert.True(during > 0);
        await engine.DisposeAsync();
    }

    [Fact]
    public async Task What_leaves_the_memory_unchanged_while_a_compaction_reads_is_in_the_compacted_log()
    {
        var (disk, clock) = (new SimulatedDisk(), new MovableClock(EmbeddedHost.Start));
        var first = new DurableEngine(Folder, Texts(), clock, new EngineOptions(), disk);
        await first.StartAsync();
        await first.Start(Text, "ended", "");
        await first.Terminate("ended", "to be read by the compaction");
        for (var i = 0; i < 4; i++)
        {
            await first.Start(Text, $"text-{i}", "of ");
            await first.Suspend($"text-{i}", "pause");
        }

        await LeaveMemory(first, clock);
        var bytes = first.DurableBytes;
        first.Abandon();

        using var reached = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        // Of this engine only a compaction reads on the thread pool.
        var slow = new HaltingDisk(disk, static _ => { }, path =>
        {
            if (Thread.CurrentThread.IsThreadPoolThread && path.EndsWith(".seg", StringComparison.Ordinal))
            {
                reached.Release();
                goOn.Wait();
            }
        });
        var second = new DurableEngine(Folder, Texts(), clock, new EngineOptions { CompactAfterBytes = bytes + 1000 }, slow);
        await second.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await second.Suspend($"text-{i}", "which loads it and changes nothing"));
        }

        Assert.Equal(4, second.LoadedInstances);
        await second.Start(Text, "what calls for a compaction", new string('x', 2000));
        await reached.WaitAsync();
        await LeaveMemory(second, clock);
        goOn.Set();
        await second.WhenIdle();
        Assert.Contains("delete /data/orchestrations/log/00000001.seg", disk.Calls);
        second.Abandon();

        var third = new DurableEngine(Folder, Texts(), clock, new EngineOptions(), disk.Crash());
        await third.StartAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(await third.Resume($"text-{i}", "on"));
            await third.RaiseEvent($"text-{i}", "Go", $"{i}");
        }

        await third.WhenIdle();
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal($"of {i}", (await third.Get($"text-{i}"))!.Output!.Value.GetString());
        }

        await third.DisposeAsync();
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("compacted")]
    [InlineData("cut")]
    public async Task The_log_of_a_former_build_opens_and_its_instances_go_on(string log)
    {
        var folder = Directory.CreateTempSubdirectory("perennial-former-").FullName;
        try
        {
            await CheckFormer(log, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task LeaveMemory(DurableEngine engine, MovableClock clock)
    {
        await engine.Get("nothing, after what was asked for before");
        clock.Advance(TimeSpan.FromMinutes(1));
        while (engine.LoadedInstances > 0)
        {
            // Each answer ends a cycle.
            await engine.Get("nothing");
        }
    }

    private static async Task CheckFormer(string log, string folder)
    {
        Copy(log == "cut" ? "plain" : log, folder);
        if (log == "cut")
        {
            // The former build wrote a compaction in one go, and a crash cut it short of its end and of the file that names its beginning.
            Copy("compacted", folder);
            File.Delete(Path.Combine(folder, "begin"));
            var segment = Path.Combine(folder, "log", "00000002.seg");
            File.WriteAllBytes(segment, File.ReadAllBytes(segment)[..^30]);
        }

        var clock = new MovableClock(EmbeddedHost.Start);
        foreach (var options in new[] { new EngineOptions(), new EngineOptions { CompactAfterBytes = 0, UnloadAfter = TimeSpan.Zero }, new EngineOptions() })
        {
            await using var engine = new DurableEngine(folder, Former(), clock, options);
            await engine.StartAsync();
            await engine.WhenIdle();
            Assert.Null(await engine.Get("one-0"));
            Assert.Equal((OrchestrationStatus.Suspended, "\"status 1\""), await Look(engine, "one-1"));
            Assert.Equal((OrchestrationStatus.Completed, "\"status 2\""), await Look(engine, "one-2"));
            Assert.Equal((OrchestrationStatus.Running, "\"status 3\""), await Look(engine, "one-3"));
            Assert.Equal(8, (await engine.Get("one-4-child"))!.Output!.Value.GetInt32());
            Assert.Equal(["started", "orchestration-scheduled", "orchestration-completed", "event-awaited", "event-received"],
                (await engine.History("one-3")).Select(e => e.Kind));
        }

        await using var last = new DurableEngine(folder, Former(), clock);
        await last.StartAsync();
        await last.Resume("one-1", "on");
        await last.RaiseEvent("one-3", "Go", 100);
        clock.Advance(TimeSpan.FromDays(5));
        await last.WhenIdle();
        Assert.Equal(9, (await last.Get("one-1"))!.Output!.Value.GetInt32());
        Assert.Equal(106, (await last.Get("one-3"))!.Output!.Value.GetInt32());
        Assert.Equal(10, (await last.Get("one-5"))!.Output!.Value.GetInt32());
    }

    private static async Task<(OrchestrationStatus Status, string Custom)> Look(DurableEngine engine, string id)
    {
        var state = (await engine.Get(id))!;
        return (state.Status, state.CustomStatus!.Value.GetRawText());
    }

    private static void Copy(string log, string folder)
    {
        var from = Path.Combine(AppContext.BaseDirectory, "Orchestration", "FormerLogs", log);
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var to = Path.Combine(folder, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
    }

    // What the former build ran to write these logs.
    private static OrchestrationCatalog Former() => Catalog(static async (context, input) =>
    {
        context.SetStatus($"status {input}");
        var doubled = await context.CallOrchestration(Child, $"{context.InstanceId}-child", input);
        return input % 2 == 0 ? doubled : doubled + (await context.WaitForEvent<int>("Go", context.Now.AddDays(input))).Value;
    }).Add(Child, static (context, input) => context.Call(Double, input));

    private static OrchestrationCatalog Texts() => new OrchestrationCatalog().Add(Text, static async (context, text) =>
        text + (await context.WaitForEvent<string>("Go")).Value);

    private static OrchestrationCatalog Sums() => Catalog(static async (context, sum) =>
    {
        context.SetStatus(sum);
        for (var i = 0; i < 4; i++)
        {
            sum += await context.Call(Double, (await context.WaitForEvent<int>("Add")).Value);
            context.SetStatus(sum);
        }

        context.ContinueAsNew(sum);
        return 0;
    });
}
