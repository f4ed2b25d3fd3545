using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration;

/// <summary>The folder is cut at random places, as a crash would leave it: what is left must hold everything acknowledged.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Ledgers = 3;
    private static readonly OrchestrationName<Balance, int> Ledger = new("Ledger");
    private static readonly OrchestrationName<int, int> Family = new("Family");
    private static readonly OrchestrationName<int, int> Child = new("Child");
    private static readonly ActivityName<int, int> Double = new("Double");

    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-crash-").FullName;
    private readonly MovableClock _clock = new(EmbeddedHost.Start);
    private EngineOptions _options = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(1, 150, 30)]
    [InlineData(2, 150, 0)]
    public async Task A_log_cut_anywhere_holds_all_that_was_acknowledged_before_and_goes_on(int seed, int cuts, int unloadAfterSeconds)
    {
        _options = new EngineOptions { UnloadAfter = TimeSpan.FromSeconds(unloadAfterSeconds) };
        var random = new Random(seed);
        var original = Path.Combine(_folder, "original");
        var acknowledged = await Work(original, random);
        var written = acknowledged[^1].Bytes;

        for (var i = 0; i < cuts; i++)
        {
            var cut = random.NextInt64(33, written + 1);
            var folder = Path.Combine(_folder, $"cut-{i}");
            CopyCut(original, folder, cut, random);

            await Check(folder, acknowledged.FindAll(one => one.Bytes <= cut), $"seed {seed}, cut at {cut}");

            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData(3, 30)]
    [InlineData(4, 0)]
    [InlineData(5, 0)]
    public async Task A_crash_after_any_acknowledgement_loses_nothing(int seed, int unloadAfterSeconds)
    {
        var random = new Random(seed);
        var folder = Path.Combine(_folder, "crashed");
        var sent = new int[Ledgers];
        for (var life = 0; life < 15; life++)
        {
            var engine = new DurableEngine(folder, Catalog(), _clock, new EngineOptions
            {
                CompactAfterBytes = life % 3 == 0 ? 1 : 1 << 20,
                UnloadAfter = TimeSpan.FromSeconds(unloadAfterSeconds),
            });
            await engine.StartAsync();
            for (var n = random.Next(12); n >= 0; n--)
            {
                var id = random.Next(Ledgers);
                await engine.Start(Ledger, $"ledger-{id}", new Balance(0, 0));
                await engine.RaiseEvent($"ledger-{id}", "Add", ++sent[id]);
            }

            engine.Abandon();
        }

        var last = new DurableEngine(folder, Catalog(), _clock);
        await last.StartAsync();
        await last.WhenIdle();
        for (var id = 0; id < Ledgers; id++)
        {
            Assert.Equal((sent[id], sent[id] * (sent[id] + 1)), await Read(last, $"ledger-{id}"));
        }

        await last.DisposeAsync();
    }

    // Starts, feeds, and waits at random; the list says after each acknowledgement how much of the log was durable.
    private async Task<List<Acknowledged>> Work(string folder, Random random)
    {
        var engine = new DurableEngine(folder, Catalog(), _clock, _options);
        await engine.StartAsync();
        var acknowledged = new List<Acknowledged>();
        var sent = new int[Ledgers];
        for (var id = 0; id < Ledgers; id++)
        {
            await engine.Start(Ledger, $"ledger-{id}", new Balance(0, 0));
            acknowledged.Add(new Acknowledged($"ledger-{id}", 0, engine.DurableBytes));
        }

        for (var i = 0; i < 40; i++)
        {
            var id = random.Next(Ledgers);
            await engine.RaiseEvent($"ledger-{id}", "Add", ++sent[id]);
            acknowledged.Add(new Acknowledged($"ledger-{id}", sent[id], engine.DurableBytes));
            if (random.Next(8) == 0)
            {
                await engine.Start(Family, $"family-{i}", i);
                acknowledged.Add(new Acknowledged($"family-{i}", i, engine.DurableBytes));
            }

            if (random.Next(3) == 0)
            {
                await engine.WhenIdle();
            }
        }

        await engine.WhenIdle();
        acknowledged.Add(new Acknowledged("ledger-0", sent[0], engine.DurableBytes));
        engine.Abandon();
        return acknowledged;
    }

    private async Task Check(string folder, List<Acknowledged> acknowledged, string where)
    {
        var engine = new DurableEngine(folder, Catalog(), _clock, _options);
        await engine.StartAsync();
        await engine.WhenIdle();
        foreach (var of in acknowledged.GroupBy(one => one.InstanceId))
        {
            var state = await engine.Get(of.Key);
            Assert.True(state is not null, $"{where}: {of.Key} is lost");
            if (state.Name == Family.Value)
            {
                var number = of.Single().Value;
                Assert.Equal(OrchestrationStatus.Completed, state.Status);
                Assert.Equal(4 * number + 2, state.Output!.Value.GetInt32());
            }
            else
            {
                var (count, sum) = await Read(engine, of.Key);
                Assert.True(count >= of.Max(one => one.Value), $"{where}: {of.Key} has {count} of {of.Max(one => one.Value)} events");
                Assert.Equal(count * (count + 1), sum);
            }
        }

        var others = await engine.Query(new OrchestrationQuery(Take: 1000));
        Assert.DoesNotContain(others.Instances, state => state.Status is OrchestrationStatus.Faulted or OrchestrationStatus.Failed);
        await engine.DisposeAsync();
    }

    private static async Task<(int Count, int Sum)> Read(DurableEngine engine, string id)
    {
        var status = (await engine.Get(id))!.CustomStatus!.Value;
        return (status.GetProperty("count").GetInt32(), status.GetProperty("sum").GetInt32());
    }

    // The last bytes after the cut: nothing, zeros written ahead, or rubbish.
    private static void CopyCut(string from, string to, long cut, Random random)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            var tail = new byte[random.Next(3) == 0 ? 0 : 300];
            if (random.Next(2) == 0)
            {
                random.NextBytes(tail);
            }

            File.WriteAllBytes(copy, [.. File.ReadAllBytes(file).AsSpan(0, (int)cut), .. tail]);
        }
    }

    private static OrchestrationCatalog Catalog() => new OrchestrationCatalog()
        .Add(Double, static (int value) => 2 * value)
        .Add(Ledger, static async (context, balance) =>
        {
            context.SetStatus(balance);
            for (var i = 0; i < 4; i++)
            {
                var added = await context.WaitForEvent<int>("Add", context.Now.AddDays(1));
                balance = new Balance(balance.Count + 1, balance.Sum + await context.Call(Double, added.Value, RetryPolicy.Storage));
                context.SetStatus(balance);
            }

            context.ContinueAsNew(balance);
            return 0;
        })
        .Add(Child, static (context, input) => context.Call(Double, input))
        .Add(Family, static async (context, input) =>
        {
            var children = await Task.WhenAll(
                context.CallOrchestration(Child, $"{context.InstanceId}-a", input),
                context.CallOrchestration(Child, $"{context.InstanceId}-b", input + 1));
            return children.Sum();
        });

    private sealed record Balance(int Count, int Sum);

    private sealed record Acknowledged(string InstanceId, int Value, long Bytes);
}
