using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>More than the ports promise: ten thousand calls of one instance, timers centuries ahead, many early events.</summary>
public sealed class ScaleTests : EmbeddedTests
{
    [Fact]
    public async Task Ten_thousand_activities_of_one_instance_come_back_in_order_although_the_engine_dies_in_between()
    {
        const int many = 10_000;
        var (runs, died) = (0, new TaskCompletionSource());
        var catalog = new OrchestrationCatalog()
            .Add(Main, static async (context, input) =>
            {
                var results = await Task.WhenAll(Enumerable.Range(0, input).Select(i => context.Call(Double, i)));
                return results.Where((result, i) => result == 2 * i).Count();
            })
            .Add(Double, async (input, _, _) =>
            {
                if (Interlocked.Increment(ref runs) == many / 2)
                {
                    died.SetResult();
                }

                await Task.Yield();
                return 2 * input;
            });
        await Begin(catalog);
        await Client.Start(Main, "one", many);
        await died.Task;

        await Kill(catalog);

        Assert.Equal(many, (await Host.Settled("one")).Output?.GetInt32());
        var history = await Client.History("one");
        Assert.Equal(many, history.Count(e => e.Kind == "activity-completed"));
        Assert.InRange(runs, many, 2 * many);
    }

    [Theory]
    [InlineData(30)]
    [InlineData(0)]
    public async Task Timers_up_to_centuries_ahead_fire_in_order_over_restarts(int unloadAfter)
    {
        var options = new EngineOptions { MaxConcurrentActivities = 1, UnloadAfter = TimeSpan.FromSeconds(unloadAfter) };
        var fired = new List<int>();
        var catalog = new OrchestrationCatalog()
            .Add(Main, static async (context, days) =>
            {
                await context.Delay(context.Now.AddDays(days));
                return await context.Call(Double, days);
            })
            .Add(Double, (int days) =>
            {
                fired.Add(days);
                return days;
            });
        int[] all = [1, 2, 30, 365, 3_650, 36_500, 365_000];
        await Begin(catalog, options);
        foreach (var days in all.Reverse())
        {
            await Client.Start(Main, $"{days}", days);
        }

        for (var i = 0; i < all.Length; i++)
        {
            await Host.WhenIdle();
            await Host.Advance(EmbeddedHost.Start.AddDays(all[i]) - Host.Now - TimeSpan.FromTicks(1));
            Assert.Equal(all[..i], fired);
            await Kill(catalog, options);
            await Host.Advance(TimeSpan.FromTicks(1));
            await Host.WhenIdle();
            Assert.Equal(all[..(i + 1)], fired);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Early_events_keep_their_order_over_generations_and_kills(int seed)
    {
        const int many = 60;
        var letters = new OrchestrationName<string, string>("Letters");
        var catalog = new OrchestrationCatalog().Add(letters, static async (context, soFar) =>
        {
            if (soFar.Length == 0)
            {
                await context.WaitForEvent<int>("Open");
            }

            for (var i = 0; i < 3; i++)
            {
                soFar += (await context.WaitForEvent<string>("Letter")).Value;
            }

            if (soFar.Length < many)
            {
                context.ContinueAsNew(soFar);
            }

            return soFar;
        });
        var random = new Random(seed);
        var sent = "";
        await Begin(catalog);
        await Client.Start(letters, "one", "");
        for (var i = 0; i < many; i++)
        {
            var letter = $"{(char)('a' + random.Next(26))}";
            sent += letter;
            await Client.RaiseEvent("one", i % 2 == 0 ? "Letter" : "LETTER", letter);
            if (i == many / 3)
            {
                await Client.RaiseEvent("one", "Open", 1);
            }

            if (random.Next(6) == 0)
            {
                await Kill(catalog);
            }
        }

        Assert.Equal(sent, (await Host.Settled("one")).Output?.GetString());
    }

    [Fact]
    public async Task Ids_that_the_code_makes_are_the_same_after_a_kill_and_differ_between_generations_and_instances()
    {
        var given = new List<string>();
        var note = new ActivityName<string, string>("Note");
        var main = new OrchestrationName<int, string>("Ids");
        var catalog = new OrchestrationCatalog()
            .Add(main, async (context, generation) =>
            {
                var id = context.NewId();
                await context.Call(note, id);
                await context.WaitForEvent<int>("Go");
                var again = await context.Call(note, id);
                if (generation == 0)
                {
                    context.ContinueAsNew(1);
                }

                return again;
            })
            .Add(note, (string id) =>
            {
                lock (given)
                {
                    given.Add(id);
                }

                return id;
            });
        await Begin(catalog);
        string[] instances = ["one", "two"];
        foreach (var id in instances)
        {
            await Client.Start(main, id, 0);
        }

        for (var generation = 0; generation < 2; generation++)
        {
            await Host.WhenIdle();
            await Kill(catalog);
            foreach (var id in instances)
            {
                await Client.RaiseEvent(id, "Go", 1);
            }
        }

        await Host.WhenIdle();
        await Client.Purge("one");
        await Client.Start(main, "one", 0);
        await Host.WhenIdle();

        Assert.Equal([1, 2, 2, 2, 2], given.CountBy(id => id).Select(pair => pair.Value).Order());
    }
}
