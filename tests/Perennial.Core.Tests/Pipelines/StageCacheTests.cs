using Perennial.Contracts.Fakes;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Pipelines;

public class StageCacheTests
{
    private readonly InMemoryContentStore _content = new();
    private readonly InMemoryTableStore _tables = new();
    private int _made;

    [Fact]
    public async Task The_same_stage_spec_and_inputs_are_made_once()
    {
        var first = await Get("fit", 1, 7, ContentHash.Of("a"u8), ContentHash.Of("b"u8));
        var again = await Get("fit", 1, 7, ContentHash.Of("a"u8), ContentHash.Of("b"u8));

        Assert.Equal((false, true, first.Artifact), (first.Cached, again.Cached, again.Artifact));
        Assert.Equal(1, _made);
    }

    [Fact]
    public async Task Another_stage_version_spec_or_order_of_inputs_is_made_anew()
    {
        await Get("fit", 1, 7, ContentHash.Of("a"u8), ContentHash.Of("b"u8));
        Assert.False((await Get("trial", 1, 7, ContentHash.Of("a"u8), ContentHash.Of("b"u8))).Cached);
        Assert.False((await Get("fit", 2, 7, ContentHash.Of("a"u8), ContentHash.Of("b"u8))).Cached);
        Assert.False((await Get("fit", 1, 8, ContentHash.Of("a"u8), ContentHash.Of("b"u8))).Cached);
        Assert.False((await Get("fit", 1, 7, ContentHash.Of("b"u8), ContentHash.Of("a"u8))).Cached);
    }

    [Fact]
    public async Task A_hit_whose_artifact_is_gone_is_a_miss()
    {
        var first = await Get("fit", 1, 7);
        await _content.Delete(first.Artifact);
        var again = await Get("fit", 1, 7);

        Assert.False(again.Cached);
        Assert.True(await _content.Exists(again.Artifact));
    }

    [Fact]
    public async Task A_repeated_take_finds_the_run_it_took_before()
    {
        var pending = new PendingRuns(_tables, new MovableClock(DateTimeOffset.UnixEpoch));
        await pending.Add("birds", new RunTrigger(RunTriggerKind.Request, "why not", "ann", DateTimeOffset.UnixEpoch, null, "k"), default);
        var taken = await pending.Take("birds", default);
        // The step's answer was lost, and it runs again: the trigger is neither lost nor answered twice.
        var again = await pending.Take("birds", default);

        Assert.Equal((taken, "run-birds-1"), (again, taken.InstanceId));
        Assert.Equal(1, (await pending.Read("birds", default)).Last);
    }

    private Task<(ContentHash Artifact, bool Cached)> Get(string stage, int version, int spec, params ContentHash[] inputs) =>
        new StageCache(_tables, _content, new MovableClock(DateTimeOffset.UnixEpoch)).GetOrMake(stage, version, new { spec }, inputs, async () => await _content.PutJson($"made {++_made}"), default);
}
