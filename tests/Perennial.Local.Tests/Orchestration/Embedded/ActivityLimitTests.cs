using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>How many activities run at once, and whose turn it is.</summary>
public sealed class ActivityLimitTests : EmbeddedTests
{
    private static readonly ActivityName<int, int> Slow = new("Slow");
    private readonly TaskCompletionSource<int> _release = new();

    [Fact]
    public async Task A_thousand_waiting_attempts_of_one_model_do_not_hold_up_another()
    {
        var order = new List<string>();
        await Begin(
            new OrchestrationCatalog()
                .Add(Main, static async (context, input) => (await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.Call(Slow, i)))).Length)
                .Add(Slow, async (_, context, _) =>
                {
                    lock (order)
                    {
                        order.Add(context.InstanceId);
                    }

                    return await _release.Task;
                }),
            new EngineOptions { MaxConcurrentActivities = 1, FairnessKey = LifecycleNames.ModelOf });
        await Client.Start(Main, "run-a-1", 600);
        await Client.Start(Main, "run-a-2", 400);
        await Client.Get("run-a-2");
        await Client.Start(Main, "run-b-1", 1);

        _release.SetResult(0);
        await Host.WhenIdle();

        Assert.Equal(1001, order.Count);
        Assert.InRange(order.IndexOf("run-b-1"), 0, 2);
    }

    [Fact]
    public async Task A_name_at_its_limit_holds_up_no_other()
    {
        var running = 0;
        await Begin(
            Catalog(static (context, input) => input == 0 ? context.Call(Double, 21) : context.Call(Slow, input)).Add(Slow, async (_, _, _) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref running));
                await _release.Task;
                Interlocked.Decrement(ref running);
                return 1;
            }),
            new EngineOptions { MaxConcurrentActivities = 2, MaxConcurrentByActivity = new Dictionary<string, int> { ["Slow"] = 1 } });
        var done = new List<string>();
        foreach (var id in new[] { "slow-1", "slow-2", "slow-3" })
        {
            await Client.Start(Main, id, 1);
        }

        await Client.Start(Main, "quick", 0);
        while ((await Client.Get("quick"))!.Output?.GetInt32() != 42)
        {
            await Task.Yield();
        }

        Assert.Equal(1, Host.Engine.RunningActivities);
        _release.SetResult(0);
        foreach (var id in new[] { "slow-1", "slow-2", "slow-3" })
        {
            Assert.Equal(1, (await Host.Settled(id)).Output?.GetInt32());
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Limits_hold_under_a_random_load_and_everything_is_done(int seed)
    {
        var limits = new Dictionary<string, int> { ["A"] = 1, ["B"] = 3 };
        var running = new Dictionary<string, int> { ["A"] = 0, ["B"] = 0, ["C"] = 0 };
        var broken = new List<string>();
        var catalog = new OrchestrationCatalog().Add(Main, static async (context, seed) =>
        {
            var random = new Random(seed);
            var calls = Enumerable.Range(0, 60).Select(i => context.Call(new ActivityName<int, int>($"{(char)('A' + random.Next(3))}"), i));
            return (await Task.WhenAll(calls)).Length;
        });
        foreach (var name in running.Keys)
        {
            catalog.Add(new ActivityName<int, int>(name), async (input, _, _) =>
            {
                Count(name, 1);
                await Task.Yield();
                Count(name, -1);
                return input;
            });
        }

        await Begin(catalog, new EngineOptions { MaxConcurrentActivities = 4, MaxConcurrentByActivity = limits, FairnessKey = static id => id[..1] });
        for (var i = 0; i < 10; i++)
        {
            await Client.Start(Main, $"{i % 3}-{i}", (100 * seed) + i);
        }

        await Client.Terminate("0-0", "not needed");
        await Host.WhenIdle();

        Assert.Empty(broken);
        for (var i = 1; i < 10; i++)
        {
            Assert.Equal(60, (await Client.Get($"{i % 3}-{i}"))!.Output?.GetInt32());
        }

        void Count(string name, int change)
        {
            lock (running)
            {
                running[name] += change;
                if (running[name] > limits.GetValueOrDefault(name, 4) || running.Values.Sum() > 4)
                {
                    broken.Add($"{running[name]} of {name}, {running.Values.Sum()} in all");
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    public void A_limit_of_nothing_is_refused(int inAll, int byName) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new DurableEngine(Path.GetTempPath(), new OrchestrationCatalog(), TimeProvider.System, new EngineOptions
        {
            MaxConcurrentActivities = inAll,
            MaxConcurrentByActivity = new Dictionary<string, int> { ["Slow"] = byName },
        }));
}
