using System.Text.Json;
using Perennial.Core;
using Perennial.Core.Orchestration;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;
using Perennial.Core.Tests.Serving;
using Perennial.Functions.Tests.Support.Stages;

namespace Perennial.Functions.Tests.Orchestration.Stories;

/// <summary>One challenger against one champion, both functions of one number.</summary>
internal static class RolloutStories
{
    private const string Model = LiveModel.Name;
    private static readonly string Instance = LifecycleNames.RolloutId(Model, 2);
    private static readonly Func<double, double> Good = speed => speed > 50 ? 0.9 : 0.1;
    private static readonly Func<double, double> Poor = speed => speed > 50 ? 0.6 : 0.4;

    public static readonly IReadOnlyDictionary<string, Story> All = new Dictionary<string, Story>
    {
        ["a rollout that waits in the shadow and promotes on a hint"] = Of(Poor, Good, async scene =>
        {
            await scene.Advance(TimeSpan.FromDays(1));
            await scene.Traffic(100);
            await scene.Hint();
        }, "\"status\":\"promoted\"", "RolloutBegin RolloutJudge"),
        ["a rollout that is judged a day later, and again"] = Of(Poor, Good, async scene =>
        {
            await scene.Traffic(30);
            await scene.Advance(TimeSpan.FromDays(1));
            await scene.Traffic(70);
            await scene.Advance(TimeSpan.FromDays(1));
        }, "\"status\":\"promoted\""),
        ["a rollout of a worse challenger"] = Of(Good, Poor, async scene =>
        {
            await scene.Traffic(200);
            await scene.Hint();
        }, "\"status\":\"rejected\""),
        ["a rollout without traffic"] = Of(Poor, Good, async scene =>
        {
            for (var day = 0; day < 12; day++) await scene.Advance(TimeSpan.FromDays(1));
        }, "\"status\":\"rejected\""),
        ["a rollout that a person ends by another champion"] = Of(Poor, Good, async scene =>
        {
            await scene.Live.Add(Good);
            await scene.Live.Registry.Promote(Model, 3, "ann", "By hand.");
            await scene.Hint();
        }, "\"status\":\"superseded\"", "By hand."),
        ["a rollout whose champion is rolled back afterwards"] = Of(Poor, Good, async scene =>
        {
            await scene.Traffic(200);
            await scene.Hint();
            Assert.True((await scene.Live.Registry.Rollback(Model, "ann", "It was not as good after all.")).Succeeded);
            await scene.Hint();
        }, "\"status\":\"promoted\"", "not as good after all"),
        ["a rollout that is terminated"] = Of(Poor, Good, async scene =>
        {
            Assert.True(await scene.Stage.Client.Terminate(Instance, "not wanted"));
            await scene.Stage.WhenIdle();
            await scene.Traffic(200);
            await scene.Hint();
        }, "\"status\":\"shadow\"", "not wanted"),
    };

    private static Story Of(Func<double, double> champion, Func<double, double> challenger, Func<Scene, Task> happens, params string[] says) => new(async open =>
    {
        var live = await LiveModel.Create("\"rollout\": { \"minRows\": 50, \"maxDuration\": \"10d\" }");
        await live.Add(champion);
        await live.Add(challenger);
        await using var stage = open(live.Clock);
        var services = new RolloutServices(
            new RolloutJournal(live.Tables, live.Content), live.Registry, live.Specs, new PackageStore(live.Content), live.Traffic, live.Content, live.Clock);
        stage.Catalog.AddRollout(services);
        await stage.Start();
        var rollouts = new RolloutService(services.Journal, live.Registry, stage.Client);
        Assert.True((await rollouts.Start(Model, 2)).Succeeded);
        await stage.WhenIdle();

        await happens(new Scene(live, stage));

        await stage.WhenIdle();
        var state = (await stage.Client.Get(Instance))!;
        object[] all =
        [
            state.Status, state.CustomStatus!, state.Output!, state.Failure!, state.UpdatedAt, await stage.Calls(Instance),
            await rollouts.List(Model), await live.Registry.ListVersions(Model), await live.Registry.ListAliases(Model), await live.Registry.Audit(Model),
        ];
        return string.Join('\n', all.Select(part => JsonSerializer.Serialize(part, CoreJson.Options)));
    }, says);

    private sealed record Scene(LiveModel Live, Stage Stage)
    {
        private int _rows;

        public Task Advance(TimeSpan duration) => Stage.Advance(duration);

        public async Task Traffic(int count)
        {
            var rows = Enumerable.Range(_rows, count).ToArray();
            _rows += count;
            await Live.Predict([.. rows.Select(i => ($"row-{i}", (double)(i % 100)))]);
            await Live.Label([.. rows.Select(i => ($"row-{i}", i % 100 > 50))]);
        }

        public async Task Hint()
        {
            await Stage.Client.RaiseEvent(Instance, LifecycleNames.EvidenceEvent, Nothing.Value);
            await Stage.WhenIdle();
        }
    }
}
