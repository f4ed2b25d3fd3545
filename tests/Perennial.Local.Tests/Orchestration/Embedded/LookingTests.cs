using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Tests.Storage;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>Whoever looks at instances that are not in memory holds up nobody, and sees them wherever their records are.</summary>
public sealed class LookingTests : IAsyncLifetime
{
    private const string Folder = "/data/orchestrations";
    private static readonly OrchestrationName<string, string> Text = new("Text");
    private readonly SimulatedDisk _disk = new();
    private readonly MovableClock _clock = new(EmbeddedHost.Start);
    private DurableEngine? _engine;

    public async Task InitializeAsync()
    {
        await Open(_disk, new EngineOptions());
        await _engine!.Start(Text, "ended", "of ");
        await _engine.RaiseEvent("ended", "Go", "course");
        await _engine.Start(Text, "waits", "for ");
        await _engine.WhenIdle();
    }

    public async Task DisposeAsync() => await _engine!.DisposeAsync();

    [Fact]
    public async Task The_engines_thread_reads_no_record_for_a_query()
    {
        var readers = new List<string?>();
        await Open(new HaltingDisk(_disk, static _ => { }, _ => readers.Add(Thread.CurrentThread.Name)), new EngineOptions());
        readers.Clear();

        Assert.Equal("of course", (await _engine!.Get("ended"))!.Output!.Value.GetString());
        Assert.Equal(2, (await _engine.Query(new OrchestrationQuery())).Instances.Count);
        Assert.Equal("completed", (await _engine.History("ended"))[^1].Kind);
        Assert.Equal(3, readers.Count);
        Assert.DoesNotContain(readers, name => name?.StartsWith("engine of", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task A_record_that_a_compaction_moves_while_it_is_looked_for_is_found()
    {
        using var reached = new SemaphoreSlim(0);
        using var goOn = new ManualResetEventSlim();
        var isHalting = 0;
        var slow = new HaltingDisk(_disk, static _ => { }, _ =>
        {
            // Only the first, which is the query's: what the compaction reads goes on.
            if (Interlocked.Exchange(ref isHalting, 0) == 1)
            {
                reached.Release();
                goOn.Wait();
            }
        });
        var bytes = _engine!.DurableBytes;
        await Open(slow, new EngineOptions { CompactAfterBytes = bytes + 1000 });
        isHalting = 1;
        var looks = Task.Run(() => _engine.Query(new OrchestrationQuery("ended")));
        await reached.WaitAsync();

        await _engine.Start(Text, "what calls for a compaction", new string('x', 2000));
        await _engine.WhenIdle();
        Assert.Contains($"delete {Folder}/log/00000001.seg", _disk.Calls);
        goOn.Set();

        Assert.Equal("of course", Assert.Single((await looks).Instances).Output!.Value.GetString());
    }

    private async Task Open(IDisk disk, EngineOptions options)
    {
        _engine?.Abandon();
        var catalog = new OrchestrationCatalog().Add(Text, static async (context, text) => text + (await context.WaitForEvent<string>("Go")).Value);
        _engine = new DurableEngine(Folder, catalog, _clock, options, disk);
        await _engine.StartAsync();
    }
}
