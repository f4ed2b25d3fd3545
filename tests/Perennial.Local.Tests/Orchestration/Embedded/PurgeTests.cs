using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>A child that its living parent called is kept: the parent is run over its history again, and must find it.</summary>
public sealed class PurgeTests : EmbeddedTests
{
    private readonly List<int> _ran = [];

    [Fact]
    public async Task A_child_is_kept_until_the_parents_generation_is_over()
    {
        var catalog = Parents();
        await Begin(catalog);
        await Client.Start(Main, "one", 0);
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromDays(1));

        Assert.False(await Client.Purge("one-0"));
        Assert.Equal(0, (await Client.PurgeEnded(Host.Now)).Purged);
        await Kill(catalog);
        Assert.False(await Client.Purge("one-0"));

        await Client.RaiseEvent("one", "Next", 1);
        await Host.WhenIdle();
        Assert.True(await Client.Purge("one-0"));
        Assert.False(await Client.Purge("one-1"));

        await Kill(catalog);
        await Client.RaiseEvent("one", "Next", 0);
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromDays(1));
        Assert.Equal(2, (await Client.PurgeEnded(Host.Now)).Purged);
        Assert.Equal([0, 1], _ran);
    }

    [Fact]
    public async Task A_child_of_a_suspended_or_faulted_parent_is_kept_too()
    {
        var catalog = Parents();
        await Begin(catalog);
        await Client.Start(Main, "one", 0);
        await Host.WhenIdle();
        await Client.Suspend("one", "pause");
        Assert.False(await Client.Purge("one-0"));
        await Client.Resume("one", "on");

        await Host.Reopen(Catalog(static (_, _) => Task.FromResult(0)).Add(Child, static (_, _) => Task.FromResult(0)));
        Assert.Equal(OrchestrationStatus.Faulted, (await Host.Settled("one")).Status);
        Assert.False(await Client.Purge("one-0"));

        await Client.Terminate("one", "enough");
        Assert.True(await Client.Purge("one-0"));
    }

    [Fact]
    public async Task A_later_instance_under_the_parents_id_is_no_reason_to_keep_a_child()
    {
        await Begin(Parents());
        await Client.Start(Main, "one", 0);
        await Host.WhenIdle();
        await Client.Terminate("one", "enough");
        await Client.Purge("one");
        await Client.Start(Main, "one", 5);
        await Host.WhenIdle();

        Assert.True(await Client.Purge("one-0"));
        Assert.False(await Client.Purge("one-5"));
    }

    [Fact]
    public async Task What_is_forgotten_stays_so_after_a_kill_and_by_the_time_of_its_end()
    {
        var catalog = Parents();
        await Begin(catalog);
        await Client.Start(Child, "old", 1);
        await Host.WhenIdle();
        await Host.Advance(TimeSpan.FromHours(1));
        await Client.Start(Child, "new", 1);
        await Host.WhenIdle();
        await Kill(catalog);

        Assert.Equal(new PurgePage(1, null), await Client.PurgeEnded(EmbeddedHost.Start.AddHours(1)));
        await Kill(catalog);

        Assert.Null(await Client.Get("old"));
        Assert.NotNull(await Client.Get("new"));
    }

    [Fact]
    public async Task Many_instances_are_looked_through_a_part_at_a_time_and_all_are_reached()
    {
        const int many = 25_000;
        await Begin(Catalog(static (_, input) => Task.FromResult(input)));
        await Client.Start(Main, "z", 1);
        await Host.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(Enumerable.Range(0, many).Select(i => Client.Start(Main, $"{i}", i)));
        await Host.WhenIdle();

        var query = new OrchestrationQuery(CreatedTo: EmbeddedHost.Start);
        var first = await Client.Query(query);
        Assert.Empty(first.Instances);
        var second = await Client.Query(query with { Continuation = first.Continuation });
        Assert.Equal("z", Assert.Single(second.Instances).InstanceId);
        Assert.Null(second.Continuation);

        var purged = await Client.PurgeEnded(EmbeddedHost.Start.AddMinutes(1));
        Assert.Equal(0, purged.Purged);
        Assert.Equal(new PurgePage(1, null), await Client.PurgeEnded(EmbeddedHost.Start.AddMinutes(1), continuation: purged.Continuation));
    }

    private OrchestrationCatalog Parents() => Catalog(static async (context, generation) =>
    {
        await context.CallOrchestration(Child, $"{context.InstanceId}-{generation}", generation);
        if ((await context.WaitForEvent<int>("Next")).Value > 0)
        {
            context.ContinueAsNew(generation + 1);
        }

        return generation;
    }).Add(Child, (_, input) =>
    {
        _ran.Add(input);
        return Task.FromResult(input);
    });
}
