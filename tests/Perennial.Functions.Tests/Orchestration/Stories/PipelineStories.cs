using System.Text.Json;
using Perennial.Api.Tests.Support;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Functions.Tests.Support.Stages;

namespace Perennial.Functions.Tests.Orchestration.Stories;

/// <summary>Runs from a CSV to what was decided, and what the monitor then does.</summary>
internal static class PipelineStories
{
    private const string Approval = """ "approval": { "required": true, "deadline": "2d" } """;
    private const string Instance = $"run-{Some.Model}-1";

    // Durable Functions does not tell a parent why its child was terminated: so says the adapter, and the audit's hashes hold it.
    private const string Termination = $"Instance '{Instance}' was terminated; its own state says why.";

    public static readonly IReadOnlyDictionary<string, Story> All = new Dictionary<string, Story>
    {
        ["a run that nobody need approve"] = Of("\"data\": {}", static async (whole, _) => await whole.Run(), "\"status\":\"succeeded\"", "ingest validate profile"),
        ["a run that is approved"] = Of(Approval, static async (whole, _) =>
        {
            var waiting = await whole.Run();
            Assert.Equal(RunStatus.AwaitingApproval, waiting.Status);
            Assert.True((await whole.Services.Runs.Decide(waiting.Id, approved: true, "bob", "Looks right.")).Succeeded);
            Assert.Equal(RunStatus.Succeeded, (await whole.Settled()).Status);
        }, "Looks right.", "register approval approve release"),
        ["a run that is refused"] = Of(Approval, static async (whole, _) =>
        {
            var waiting = await whole.Run();
            Assert.True((await whole.Services.Runs.Decide(waiting.Id, approved: false, "bob", "Too old.")).Succeeded);
        }, "\"status\":\"rejected\"", "Too old."),
        ["a run that nobody answers in time"] = Of(Approval, static async (whole, stage) =>
        {
            await whole.Run();
            await stage.Advance(TimeSpan.FromDays(2) - TimeSpan.FromSeconds(1));
            Assert.Equal(RunStatus.AwaitingApproval, (await whole.Settled()).Status);
            await stage.Advance(TimeSpan.FromSeconds(1));
        }, "Nobody answered in time."),
        ["a run that is terminated, and retried"] = Of(Approval, static async (whole, stage) =>
        {
            var waiting = await whole.Run();
            Assert.True(await stage.Client.Terminate(waiting.InstanceId, Termination));
            Assert.Equal((RunStatus.Failed, "terminated"), (await whole.Settled() is var failed ? failed.Status : default, failed.Failure?.Code));
            Assert.True((await whole.Services.Runs.Retry(waiting.Id, "ann")).Succeeded);
            var again = await whole.Settled();
            Assert.Equal((RunStatus.AwaitingApproval, 2), (again.Status, again.Attempt));
            Assert.True((await whole.Services.Runs.Decide(waiting.Id, approved: true, "bob", null)).Succeeded);
        }, "\"status\":\"succeeded\"", "\"attempt\":2"),
        ["a run whose store is away for a while"] = Of("\"data\": {}", static async (whole, stage) =>
        {
            whole.Content.IsBroken = true;
            await whole.Run();
            await stage.Advance(TimeSpan.FromSeconds(1));
            whole.Content.IsBroken = false;
            await stage.Advance(TimeSpan.FromSeconds(2.5));
        }, "\"status\":\"succeeded\""),
        ["a run whose store is away for too long, and a retry"] = Of("\"data\": {}", static async (whole, stage) =>
        {
            whole.Content.IsBroken = true;
            await whole.Run();
            for (var look = 0; look < 20; look++) await stage.Advance(TimeSpan.FromSeconds(31));
            var failed = await whole.Settled();
            Assert.Equal(RunStatus.Failed, failed.Status);
            whole.Content.IsBroken = false;
            Assert.True((await whole.Services.Runs.Retry(failed.Id, "ann")).Succeeded);
        }, "\"status\":\"succeeded\"", "\"attempt\":2"),
        ["two runs that were asked for at once"] = Of(Approval, static async (whole, _) =>
        {
            var first = await whole.Run("one");
            await whole.Run("two");
            await whole.Run("three");
            Assert.True((await whole.Services.Runs.Decide(first.Id, approved: true, "bob", null)).Succeeded);
            var second = await whole.Settled();
            Assert.Equal((2, 2), (second.Sequence, second.Triggers.Count));
        }, "\"sequence\":2"),
        ["a monitor that sees drift, and the run that follows"] = Of(
            """ "monitor": { "every": "1d", "window": "30d", "minRows": 200 }, "retrain": { "coolDown": "1d" } """,
            static async (whole, stage) =>
            {
                await whole.Run();
                await whole.Watch();
                await stage.WhenIdle();
                await whole.Predict(300, i => 20 + (i * 37 % 50));
                await stage.Advance(TimeSpan.FromDays(1));
                await whole.Predict(300, i => 100 + (i % 7));
                await stage.Advance(TimeSpan.FromDays(1));
                await stage.Advance(TimeSpan.FromDays(1));
            }, "\"kind\":\"drift\"", "\"sequence\":2"),
        ["a monitor pass that a person wants"] = Of(
            """ "monitor": { "every": "7d", "minRows": 200 } """,
            static async (whole, stage) =>
            {
                await whole.Run();
                await whole.Watch();
                await stage.WhenIdle();
                await whole.Services.Monitors.RunNow(Some.Model);
            }, "\"pass\":1"),
    };

    private static Story Of(string sections, Func<WholeLifecycle, Stage, Task> happens, params string[] says) => new(async open =>
    {
        await using var stage = open(new(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var whole = await WholeLifecycle.Begin(stage, sections);

        await happens(whole, stage);

        await stage.WhenIdle();
        var states = new List<string>();
        foreach (var id in new[] { LifecycleNames.CoordinatorId(Some.Model), LifecycleNames.MonitorId(Some.Model), Instance })
            if (await stage.Client.Get(id) is { } state) states.Add($"{id} v{state.Version} {state.Status} {JsonSerializer.Serialize(state.CustomStatus)} {state.Failure} {state.ParentId}");
        return $"{string.Join('\n', states)}\n{await stage.Calls(Instance)}\n{await whole.Tell()}";
    }, says);
}
