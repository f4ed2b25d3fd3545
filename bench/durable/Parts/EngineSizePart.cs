using System.Diagnostics;
using System.Globalization;
using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Durable.Bench.Parts;

/// <summary>What many instances cost to open again and to keep.</summary>
internal sealed class EngineSizePart : IBenchPart
{
    /// <summary>The first argument of the process that measures the heap.</summary>
    public const string ChildMode = "memory";

    private const int Rounds = 5;
    private static readonly EngineOptions UnloadingAtOnce = new() { UnloadAfter = TimeSpan.Zero };

    public string Name => "recovery";

    public string Title => "Engine: recovery and memory by size";

    public async Task Run(Section section, Scratch scratch)
    {
        section.Say("A finished instance has run one activity, a running one waits for an event after one activity, all with 1 KB in and 1 KB out. The process is stopped as if it had been killed, and the folder is opened with the files in the page cache.");
        section.Table("finished", "running", "log MB", "open s", "of it processor s");
        foreach (var (finished, running) in new[] { (10_000, 100), (100_000, 1_000) }) await Recover(section, scratch, finished, running);
        section.Say("Memory is what the heap holds more with the engine open than without, after full collections, in a process of its own, by instance. Ids have 12 characters.");
        section.Table("instances", "bytes each");
        await Memory(section, scratch, "finished", 100_000, EngineBench.Once, UnloadingAtOnce);
        await Memory(section, scratch, "unloaded, waiting for an event", 20_000, EngineBench.Wait, UnloadingAtOnce);
        await Memory(section, scratch, "unloaded, waiting for a timer", 20_000, EngineBench.Sleep, UnloadingAtOnce);
        await Memory(section, scratch, "loaded, waiting for an event", 20_000, EngineBench.Wait, new EngineOptions { MaxLoadedBytes = long.MaxValue, UnloadAfter = TimeSpan.FromHours(1) });
    }

    private static async Task Recover(Section section, Scratch scratch, int finished, int running)
    {
        var folder = scratch.Next("recovery");
        var engine = await EngineBench.Open(folder);
        await EngineBench.Start(engine, EngineBench.Once, "done", finished, EngineBench.Kilobyte);
        await engine.WhenIdle();
        await EngineBench.Start(engine, EngineBench.Wait, "wait", running, EngineBench.Kilobyte);
        await engine.WhenIdle();
        var (open, processor) = (new Spread(), new Spread());
        for (var round = 0; round < Rounds; round++)
        {
            engine.Abandon();
            GC.Collect();
            var (start, used) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
            engine = await EngineBench.Open(folder);
            open.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            processor.Add((Environment.CpuUsage.TotalTime - used).TotalSeconds);
        }
        section.Row($"{finished:#,0}", $"{running:#,0}", (engine.DurableBytes / 1e6).ToString("#,0", CultureInfo.InvariantCulture), open.Show("0.00"), processor.Show("0.00"));
        await engine.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What the measuring process does: a heap of its own has nothing in it from before.</summary>
    public static async Task Measure(string folder, TimeSpan unloadAfter)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await using var engine = await EngineBench.Open(folder, new EngineOptions { UnloadAfter = unloadAfter, MaxLoadedBytes = long.MaxValue });
        await engine.WhenIdle();
        Console.WriteLine(GC.GetTotalMemory(forceFullCollection: true) - before);
    }

    private static async Task Fill(string folder, int count, OrchestrationName<string, string> name, EngineOptions options)
    {
        await using var engine = await EngineBench.Open(folder, options);
        await EngineBench.Start(engine, name, "some", count, EngineBench.Kilobyte);
        await engine.WhenIdle();
    }

    private static async Task Memory(Section section, Scratch scratch, string what, int count, OrchestrationName<string, string> name, EngineOptions options)
    {
        var folder = scratch.Next("memory");
        await Fill(folder, count, name, options);
        var child = new ProcessStartInfo(Environment.ProcessPath!, [.. AcknowledgementPart.Program, ChildMode, folder, $"{options.UnloadAfter}"]) { RedirectStandardOutput = true };
        using var process = Process.Start(child)!;
        var bytes = double.Parse(await process.StandardOutput.ReadToEndAsync(), CultureInfo.InvariantCulture) / count;
        section.Row($"{count:#,0} {what}", bytes.ToString("#,0", CultureInfo.InvariantCulture));
        Directory.Delete(folder, recursive: true);
    }
}
