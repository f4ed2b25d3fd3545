using System.Text.Json;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Tests.Data;
using Perennial.Core.Training;
using Perennial.Local.Time;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>Searches that go on from what they found, as whole runs.</summary>
public class SearchPipelineTests
{
    [Fact]
    public async Task A_search_goes_on_in_batches_from_what_it_found_and_another_host_tries_the_same()
    {
        async Task<(RunRecord Run, string Trials)> Search()
        {
            await using var host = await PipelineHost.Start();
            await host.PutSpec(Spec(""" "candidates": ["linear"], "trials": 17 """));
            await host.Upload(Some.Csv(300));
            var run = await host.Run();
            return (run, Told((await host.Runs.Details(run.Id))!));
        }

        var (run, trials) = await Search();

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Equal((18, 18), (run.Stages[4].Done, run.Stages[4].Total));
        Assert.Equal(trials, (await Search()).Trials);
    }

    [Fact]
    public async Task A_search_by_halving_promotes_and_says_so()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(""" "candidates": ["linear"], "trials": 6, "search": "halving" """));
        await host.Upload(Some.Csv(2400));
        var run = await host.Run();
        var details = (await host.Runs.Details(run.Id))!;

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Equal([null, 0, 0, 0, 0, 0, 0, 1, 1], details.Trials.Select(t => t.Rung));
        Assert.All(details.Trials.Where(t => t.Rung == 1), t => Assert.Equal(details.Trials[t.PromotedFrom!.Value].Parameters, t.Parameters));
        Assert.InRange(details.Winner!.Value, 7, 8);
        Assert.Contains("9 trials on 2 rungs", run.Stages.Single(s => s.Name == "search").Summary, StringComparison.Ordinal);
        Assert.Contains("6 on 33 % of the training rows, then 2 on 100 % of the training rows", await Report(host, run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Folds_choose_by_their_mean_and_fit_on_all_rows_that_chose()
    {
        await using var host = await PipelineHost.Start();
        await host.PutSpec(Spec(""" "trials": 2, "history": [1] """, """ "folds": 4, "gap": "5d" """));
        await host.Upload(Some.Csv(400));
        var run = await host.Run();
        var details = (await host.Runs.Details(run.Id))!;

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.All(details.Trials, t => Assert.Equal((4, t.Value!.Value), (t.Folds!.Count, t.Folds.Sum() / 4)));
        Assert.Contains("on the mean of 4 folds", run.Stages.Single(s => s.Name == "search").Summary, StringComparison.Ordinal);
        Assert.Equal("276 train, 56 validation, 60 test rows, by time; 8 in the gaps", details.Split);
        Assert.Contains("as the mean of 4 folds", await Report(host, run), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_budget_of_time_ends_the_search_and_what_was_tried_is_recorded()
    {
        var trainer = new SlowTrainer();
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer], wall: trainer.Wall);
        await host.PutSpec(Spec(""" "candidates": ["linear"], "budget": "1s" """));
        await host.Upload(Some.Csv(300));
        var run = await host.Run();
        var details = (await host.Runs.Details(run.Id))!;

        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        // The first batch, of the baseline and three trials of a quarter second, leaves time for one more.
        Assert.Equal(8, details.Trials.Count);
        Assert.Equal(run.Stages[4].Done, run.Stages[4].Total);
    }

    [Fact]
    public async Task A_version_is_made_again_from_its_recorded_trials_and_compared()
    {
        var trainer = new SlowTrainer();
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer], wall: trainer.Wall);
        await host.PutSpec(Spec(""" "candidates": ["linear"], "budget": "1s" """));
        await host.Upload(Some.Csv(300));
        var first = await host.Run("one");
        // What the spec, the newest data and the machine say by now must not matter.
        await host.PutSpec(Spec(""" "candidates": ["linear"], "trials": 1, "seed": 2 """));
        await host.Upload(Some.Csv(200));
        var before = trainer.Trained;
        trainer.Takes = TimeSpan.FromSeconds(1.1);

        await host.Ask("two", repeat: 1);
        var again = await host.Settled();
        Assert.True(again.Status == RunStatus.Succeeded, again.Conclusion);
        Assert.StartsWith("Version 1 was made again: model.onnx is the same, byte for byte", again.Conclusion, StringComparison.Ordinal);
        Assert.Equal(Told((await host.Runs.Details(first.Id))!), Told((await host.Runs.Details(again.Id))!));
        Assert.Equal((null, first.Dataset, before * 2), (again.Version, again.Dataset, trainer.Trained));
        Assert.Single(await host.Registry.ListVersions("birds"));

        trainer.Altered = true;
        await host.Ask("three", repeat: 1);
        var other = await host.Settled();
        Assert.Equal((RunStatus.Failed, "not-reproduced"), (other.Status, other.Failure?.Code));
        Assert.Equal("version-unknown", (await host.Runs.Request("birds", new RunTrigger(RunTriggerKind.Request, "", "ann", host.Clock.GetUtcNow(), null, "k", Repeat: 9))).Problem!.Code);
    }

    /// <summary>Test rows judge and do nothing else: other values there change neither what is tried nor what wins nor the model.</summary>
    [Theory]
    [InlineData(""" "folds": 3 """)]
    [InlineData("")]
    public async Task Poisoned_test_rows_change_nothing_of_the_search_and_the_model(string split)
    {
        async Task<(string Trials, int? Winner, ContentHash Model, double Auc)> Search(Func<int, bool>? damaged)
        {
            await using var host = await PipelineHost.Start();
            await host.PutSpec(Spec(""" "trials": 6 """, split, """ "betterThanBaseline": false """));
            await host.Upload(Some.Csv(300, damaged));
            var run = await host.Run();
            Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
            var details = (await host.Runs.Details(run.Id))!;
            return (Told(details), details.Winner, (await host.Package(1)).Model, details.Evaluation!.Metrics["rocAuc"]);
        }

        var sound = await Search(null);
        var poisoned = await Search(i => i < 255 ? Some.Damaged(i) : !Some.Damaged(i));

        Assert.Equal((sound.Trials, sound.Winner, sound.Model), (poisoned.Trials, poisoned.Winner, poisoned.Model));
        Assert.True(poisoned.Auc < 0.5 && sound.Auc > 0.5);
    }

    [Fact]
    public async Task A_run_that_is_terminated_tries_no_further()
    {
        var trainer = new SlowTrainer();
        trainer.Hold();
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer]);
        await host.PutSpec(Spec(""" "candidates": ["linear"], "trials": 150 """));
        await host.Upload(Some.Csv(300));
        await host.Ask();
        await trainer.Begun;
        await host.Client.Terminate("run-birds-1", "no longer wanted");
        trainer.GoOn();
        var run = await host.Settled();

        Assert.Equal(RunStatus.Failed, run.Status);
        Assert.InRange(trainer.Trained, 1, Search.MostAtOnce);
    }

    private static string Told(RunDetails details) => JsonSerializer.Serialize(details.Trials.Select(t => t with { Seconds = 0 }), CoreJson.Options);

    private static async Task<string> Report(PipelineHost host, RunRecord run) => System.Text.Encoding.UTF8.GetString(await host.Content.GetBytes(run.Report!.Value));

    private static string Spec(string train, string split = "", string gates = "") =>
        $$"""{ "model": "birds", "label": "damaged", "data": { "time": "day" }, "split": { {{split}} }, "train": { {{train}} }, "gates": { {{gates}} } }""";

    /// <summary>The linear learner on a wall clock of its own, which only it moves on; held on demand.</summary>
    private sealed class SlowTrainer : ITrainer
    {
        private readonly BuiltInTrainer _inner = new("linear");
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _goOn = new(initialState: true);
        private int _trained;

        public MovableClock Wall { get; } = new(new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero));

        public Task Begun => _begun.Task;

        public bool Altered { get; set; }

        public TimeSpan Takes { get; set; } = TimeSpan.FromSeconds(0.25);

        public int Trained => _trained;

        public string Name => _inner.Name;

        public IReadOnlyList<SearchParameter>? Space(Learning.TaskKind task) => _inner.Space(task);

        public void Hold() => _goOn.Reset();

        public void GoOn() => _goOn.Set();

        public TrainedModel Train(TrainingRequest request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _trained);
            _begun.TrySetResult();
            _goOn.Wait(CancellationToken.None);
            Wall.Advance(Takes);
            if (Altered) request = request with { Parameters = request.Parameters.Append(new("maxIterations", 2)).ToDictionary() };
            return _inner.Train(request, CancellationToken.None);
        }
    }
}
