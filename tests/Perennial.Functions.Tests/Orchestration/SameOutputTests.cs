using System.Text.Json;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>Orchestrations give the same on Durable Functions' in-process test host as on the embedded engine.</summary>
public sealed class SameOutputTests
{
    public static TheoryData<string> Names => [.. Scenarios.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Both_hosts_tell_the_same(string name)
    {
        var scenario = Scenarios.All[name];
        await using var hosts = new BothHosts()
            .Add(Scenario.Main, scenario.Body)
            .Add(Scenario.Twice, (value, _, _) => Task.FromResult(2 * value))
            .Add(Scenario.Echo, (text, _, _) => Task.FromResult(text))
            .Add(Scenario.Flaky, Flaky);
        scenario.Add?.Invoke(hosts);

        var told = new List<object>();
        foreach (var client in await hosts.Start())
        {
            Assert.True(await client.Start(Scenario.Main, "one", 0));
            if (scenario.Drive is not null) await scenario.Drive(client);
            told.Add(await Tell(client));
        }
        Assert.Equal(told[0], told[1]);
    }

    [Fact]
    public async Task Starts_queries_and_purges_are_the_same()
    {
        await using var hosts = new BothHosts().Add(Scenario.Main, static async (context, wait) => wait == 0 ? "done" : (await context.WaitForEvent<string>("go")).Value!);
        var told = new List<string>();
        foreach (var client in await hosts.Start()) told.Add(await LookAround(client));
        Assert.Equal(told[0], told[1]);
        Assert.Equal("other run-a run-b run-c|run-a run-b run-c|run-b|False|2|run-a run-c||True", told[1]);
    }

    private static Task<int> Flaky(int succeedsAt, ActivityContext context, CancellationToken cancellation) => succeedsAt switch
    {
        -1 => throw new ActivityFailureException(new Failure("broken-file", "Line 3 is broken.", Retryable: false)),
        -2 => throw new InvalidOperationException("No.", new IOException("Behind it.")),
        _ => context.Attempt < succeedsAt ? throw new IOException($"Attempt {context.Attempt} of {context.InstanceId}.") : Task.FromResult(context.Attempt),
    };

    private static async Task<object> Tell(IOrchestrationClient client)
    {
        var state = await Scenario.Ended(client);
        var child = await client.Get("one-child");
        return (state.InstanceId, state.Name, state.Version, state.Status, Text(state.Output), state.Failure, state.ParentId,
            child?.Name, child?.Version, child?.Status, Text(child?.Output), child?.ParentId);
    }

    // Equal JSON may be escaped differently.
    private static string Text(JsonElement? json) => JsonSerializer.Serialize(json);

    private static async Task<string> LookAround(IOrchestrationClient client)
    {
        foreach (var (id, wait) in new[] { ("run-b", 0), ("run-c", 1), ("other", 0), ("run-a", 1) }) Assert.True(await client.Start(Scenario.Main, id, wait));
        foreach (var id in new[] { "run-b", "other" }) await Scenario.Ended(client, id);
        var taken = await client.Start(Scenario.Main, "run-b", 0);
        var before = $"{await Ids(client, new())}|{await Ids(client, new("run-", Take: 1))}|{await Ids(client, new("run-", OrchestrationStatus.Completed))}|{taken}";
        Assert.Equal(0, (await client.PurgeEnded(DateTimeOffset.UtcNow.AddDays(-1))).Purged);
        var purged = (await client.PurgeEnded(DateTimeOffset.UtcNow.AddDays(1))).Purged;
        Assert.False(await client.Purge("run-a"));
        Assert.Null(await client.Get("nobody"));
        Assert.False(await client.Terminate("nobody", "why"));
        await client.RaiseEvent("nobody", "go", 1);
        return $"{before}|{purged}|{await Ids(client, new())}|{await Ids(client, new("zoo"))}|{await client.Start(Scenario.Main, "run-b", 1)}";
    }

    private static async Task<string> Ids(IOrchestrationClient client, OrchestrationQuery query)
    {
        var ids = new List<string>();
        do
        {
            var page = await client.Query(query);
            ids.AddRange(page.Instances.Select(state => state.InstanceId));
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
        return string.Join(' ', ids);
    }
}
