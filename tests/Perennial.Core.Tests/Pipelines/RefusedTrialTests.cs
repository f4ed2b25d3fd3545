using System.Collections.Concurrent;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Tests.Data;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.Core.Tests.Pipelines;

/// <summary>Trainers that refuse on one machine, or on more rows than they were tried on.</summary>
public sealed class RefusedTrialTests
{
    [Fact]
    public async Task What_one_machine_refuses_for_want_of_a_library_the_next_run_tries_again()
    {
        var trainer = new Refusing { Answer = _ => new Failure(Failure.NativeLibraryMissing, "libgomp.so.1 is not here.", Retryable: true) };
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer]);
        await host.PutSpec(Spec(1));
        await host.Upload(Some.Csv(300));
        var refused = Assert.Single((await Details(host, "one")).Trials, t => t.Trainer == "linear");
        Assert.Equal((null, "libgomp.so.1 is not here."), (refused.Value, refused.Note));

        trainer.Answer = _ => null;
        Assert.NotNull(Assert.Single((await Details(host, "two")).Trials, t => t.Trainer == "linear").Value);

        // What was not refused is kept, as before.
        var trained = trainer.Requests.Count;
        await Details(host, "three");
        Assert.Equal(trained, trainer.Requests.Count);
    }

    [Fact]
    public async Task What_every_machine_would_refuse_is_not_tried_again()
    {
        var trainer = new Refusing { Answer = _ => new Failure("too-few-rows", "There are too few.", Retryable: false) };
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer]);
        await host.PutSpec(Spec(1));
        await host.Upload(Some.Csv(300));
        await Details(host, "one");
        await Details(host, "two");
        Assert.Single(trainer.Requests);
    }

    [Fact]
    public async Task A_winner_that_is_refused_on_all_its_rows_gives_way_to_the_next_best_and_the_run_says_why()
    {
        var trainer = new Refusing();
        var refits = 0;
        trainer.Answer = request => request.Validation is null && ++refits == 1 ? new Failure("export-differs", "The exported graph differs.", Retryable: false) : null;
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer]);
        await host.PutSpec(Spec(3));
        await host.Upload(Some.Csv(400));
        var run = await host.Run();
        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);

        var details = (await host.Runs.Details(run.Id))!;
        var order = Search.Ranked(details.Trials[0].Metric, [.. details.Trials.Select(t => new TrialPlan(t.Index, t.Trainer, t.Parameters))], [.. details.Trials.Select(t => t.Value)]);
        Assert.Equal(order[1], details.Winner);
        Assert.NotEqual(0, details.Winner);
        Assert.EndsWith("Passed over, as it was refused on training and validation rows: The exported graph differs.", details.Trials[order[0]].Note, StringComparison.Ordinal);
        Assert.Contains($"trial {order[0]}, linear, was better and is passed over: The exported graph differs.", run.Stages.Single(s => s.Name == "fit").Summary, StringComparison.Ordinal);
        var (first, second) = (trainer.Requests.Where(r => r.Validation is null).First(), trainer.Requests.Where(r => r.Validation is null).Last());
        Assert.NotEqual(first.Parameters, second.Parameters);
        Assert.Equal(details.Trials[order[1]].Parameters["l2"], second.Parameters["l2"]);
    }

    [Fact]
    public async Task A_search_of_which_every_winner_is_refused_fails_with_the_reason_and_fits_no_hundred_of_them()
    {
        var trainer = new Refusing { Answer = request => request.Validation is null ? new Failure("export-differs", $"The exported graph differs.", Retryable: false) : null };
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer]);
        await host.PutSpec(Spec(8));
        await host.Upload(Some.Csv(400));
        var run = await host.Run();
        Assert.Equal((RunStatus.Failed, "export-differs", "The exported graph differs."), (run.Status, run.Failure?.Code, run.Failure?.Message));
        Assert.Equal(5, trainer.Requests.Count(request => request.Validation is null));
    }

    [Theory]
    [InlineData("onnxRuntime", "onnx-runtime")]
    [InlineData("managed", "managed")]
    [InlineData("auto", "managed, onnx-runtime")]
    public async Task A_trainer_is_told_what_will_score_its_graph(string word, string runtime)
    {
        var trainer = new Refusing();
        await using var host = await PipelineHost.Start([BuiltInTrainer.All[0], trainer], runtime: new FallbackRuntime(new ManagedRuntime(), new Renamed()));
        await host.PutSpec($$"""{ "model": "birds", "label": "damaged", "train": { "trials": 1, "candidates": ["linear"], "calibrate": "platt" }, "serving": { "runtime": "{{word}}" } }""");
        await host.Upload(Some.Csv(300));
        var run = await host.Run();
        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion);
        Assert.Equal([runtime], trainer.Requests.Select(request => request.Runtime?.Name).Distinct());
        Assert.Contains(trainer.Requests, request => request.Validation is null);
    }

    private static string Spec(int trials) =>
        $$"""{ "model": "birds", "label": "damaged", "data": { "time": "day" }, "train": { "trials": {{trials}}, "candidates": ["linear"], "history": [1] } }""";

    private static async Task<RunDetails> Details(PipelineHost host, string key) => (await host.Runs.Details((await host.Run(key)).Id))!;

    // The linear learner, and what it refuses.
    private sealed class Refusing : ITrainer
    {
        private readonly BuiltInTrainer _inner = new("linear");

        public Func<TrainingRequest, Failure?> Answer { get; set; } = _ => null;

        public ConcurrentQueue<TrainingRequest> Requests { get; } = new();

        public string Name => _inner.Name;

        public IReadOnlyList<SearchParameter>? Space(TaskKind task) => _inner.Space(task);

        public TrainedModel Train(TrainingRequest request, CancellationToken cancellationToken)
        {
            Requests.Enqueue(request);
            return Answer(request) is { } failure ? throw new ActivityFailureException(failure) : _inner.Train(request, cancellationToken);
        }
    }

    private sealed class Renamed : IModelRuntime
    {
        public string Name => "onnx-runtime";

        public IPredictor Load(ReadOnlyMemory<byte> onnx) => new ManagedRuntime().Load(onnx);
    }
}
