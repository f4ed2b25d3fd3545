using Perennial.Core.Ports;

namespace Perennial.Contracts.Orchestration;

/// <content>Queries and purges.</content>
public abstract partial class OrchestrationContract
{
    [Fact]
    public async Task A_query_gives_pages_in_ordinal_order_by_prefix_and_status()
    {
        await Use(Catalog(static async (context, wait) => wait == 0 ? 0 : (await context.WaitForEvent<int>("Go")).Value));
        foreach (var (id, wait) in new[] { ("run-b", 0), ("run-D", 1), ("run-a", 1), ("other", 0), ("run-c", 0), ("sun", 0) })
        {
            await Client.Start(Main, id, wait);
        }

        await Host.WhenIdle();
        Assert.Equal(["other", "run-D", "run-a", "run-b", "run-c", "sun"], await Ids(new OrchestrationQuery()));
        Assert.Equal(["run-D", "run-a", "run-b", "run-c"], await Ids(new OrchestrationQuery("run-", Take: 1)));
        Assert.Equal(["run-b", "run-c"], await Ids(new OrchestrationQuery("run-", OrchestrationStatus.Completed, Take: 2)));
        Assert.Equal(["run-D", "run-a"], await Ids(new OrchestrationQuery(Status: OrchestrationStatus.Running, Take: 1)));
        Assert.Empty(await Ids(new OrchestrationQuery("zoo")));
    }

    [Fact]
    public async Task A_query_finds_instances_by_the_time_of_their_creation_both_ends_included()
    {
        await Use(Catalog(static async (context, wait) => wait == 0 ? 0 : (await context.WaitForEvent<int>("Go")).Value));
        var start = Host.Now;
        foreach (var (id, wait) in new[] { ("d", 0), ("c", 1), ("b", 0), ("a", 1) })
        {
            await Client.Start(Main, id, wait);
            await Host.Advance(TimeSpan.FromHours(1));
        }

        Assert.Equal(["a", "b", "c"], await Ids(new OrchestrationQuery(CreatedFrom: start.AddHours(1), Take: 1)));
        Assert.Equal(["c", "d"], await Ids(new OrchestrationQuery(CreatedTo: start.AddHours(1), Take: 1)));
        Assert.Equal(["b", "c"], await Ids(new OrchestrationQuery(CreatedFrom: start.AddHours(1), CreatedTo: start.AddHours(2))));
        Assert.Equal(["b"], await Ids(new OrchestrationQuery(Status: OrchestrationStatus.Completed, CreatedFrom: start.AddMinutes(1), Take: 1)));
        Assert.Equal(["d"], await Ids(new OrchestrationQuery("d", CreatedTo: start.ToOffset(TimeSpan.FromHours(9)))));
        Assert.Empty(await Ids(new OrchestrationQuery(CreatedFrom: start.AddHours(3.5))));
    }

    [Fact]
    public async Task A_query_finds_the_instances_that_another_called()
    {
        await Use(Catalog(static async (context, input) =>
        {
            await context.CallOrchestration(Child, $"{context.InstanceId}-2", input);
            return await context.CallOrchestration(Child, $"{context.InstanceId}-1", input);
        }).Add(Child, static async (context, input) => input == 0 ? 0 : (await context.WaitForEvent<int>("Go")).Value));
        await Client.Start(Main, "one", 0);
        await Client.Start(Main, "two", 1);
        await Client.Start(Child, "one-0", 0);
        await Host.WhenIdle();

        Assert.Equal(["one-1", "one-2"], await Ids(new OrchestrationQuery(ParentId: "one", Take: 1)));
        Assert.Equal(["two-2"], await Ids(new OrchestrationQuery(ParentId: "two", Status: OrchestrationStatus.Running)));
        Assert.Empty(await Ids(new OrchestrationQuery("two", ParentId: "one")));
    }

    [Fact]
    public async Task A_continuation_stays_good_while_instances_come_and_go()
    {
        await Use(Catalog(static (_, input) => Task.FromResult(input)));
        foreach (var id in new[] { "b", "d", "f", "h" })
        {
            await Client.Start(Main, id, 0);
        }

        await Host.WhenIdle();
        var first = await Client.Query(new OrchestrationQuery(Take: 2));
        Assert.Equal(["b", "d"], first.Instances.Select(state => state.InstanceId));
        await Client.Purge("d");
        await Client.Purge("f");
        await Client.Start(Main, "a", 0);
        await Client.Start(Main, "e", 0);

        Assert.Equal(["e", "h"], await Ids(new OrchestrationQuery(Take: 2, Continuation: first.Continuation)));
    }

    [Fact]
    public async Task Only_an_instance_that_has_ended_can_be_purged()
    {
        await Run(static async (context, _) => (await context.WaitForEvent<int>("Go")).Value);

        Assert.False(await Client.Purge("one"));

        await Client.Terminate("one", "over");
        await Host.WhenIdle();
        Assert.True(await Client.Purge("one"));
        Assert.Empty(await Client.History("one"));
    }

    [Fact]
    public async Task A_purge_by_age_forgets_what_ended_before_and_nothing_else()
    {
        await Use(Catalog(static async (context, hours) =>
        {
            await context.Delay(context.Now.AddHours(hours));
            return hours;
        }));
        var start = Host.Now;
        foreach (var (id, hours) in new[] { ("now", 0), ("soon", 1), ("later", 2), ("last", 3), ("never", 1000), ("also", 0) })
        {
            await Client.Start(Main, id, hours);
        }

        for (var hour = 0; hour < 3; hour++)
        {
            await Host.WhenIdle();
            await Host.Advance(TimeSpan.FromHours(1));
        }

        await Client.Terminate("never", "enough");
        await Host.WhenIdle();

        Assert.Equal(0, await PurgeAll(start, 10));
        Assert.Equal(3, await PurgeAll(start.AddHours(2), 1));
        Assert.Equal(["last", "later", "never"], await Ids(new OrchestrationQuery()));
        Assert.Equal(0, await PurgeAll(start.AddHours(2), 1));

        Assert.Equal(3, await PurgeAll(start.AddHours(4), 2));
        Assert.Empty(await Ids(new OrchestrationQuery()));
        Assert.True(await Client.Start(Main, "now", 0));
    }

    [Fact]
    public async Task A_purge_by_age_leaves_what_has_not_ended()
    {
        await Use(Catalog(static async (context, _) => (await context.WaitForEvent<int>("Go")).Value));
        await Client.Start(Main, "waits", 0);
        await Client.Start(Main, "suspended", 0);
        await Host.WhenIdle();
        await Client.Suspend("suspended", "pause");
        await Host.Advance(TimeSpan.FromDays(1000));

        Assert.Equal(0, await PurgeAll(Host.Now, 100));

        Assert.Equal(["suspended", "waits"], await Ids(new OrchestrationQuery()));
    }

    private async Task<List<string>> Ids(OrchestrationQuery query)
    {
        var ids = new List<string>();
        OrchestrationPage page;
        do
        {
            page = await Client.Query(query);
            Assert.True(page.Instances.Count <= query.Take);
            ids.AddRange(page.Instances.Select(state => state.InstanceId));
            query = query with { Continuation = page.Continuation };
        }
        while (page.Continuation is not null);

        return ids;
    }

    private async Task<int> PurgeAll(DateTimeOffset endedBefore, int take)
    {
        var (purged, continuation) = (0, (string?)null);
        do
        {
            var page = await Client.PurgeEnded(endedBefore, take, continuation);
            Assert.True(page.Purged <= take);
            (purged, continuation) = (purged + page.Purged, page.Continuation);
        }
        while (continuation is not null);

        return purged;
    }
}
