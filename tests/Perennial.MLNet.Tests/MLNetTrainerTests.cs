using Microsoft.ML.OnnxRuntime;
using Perennial.Contracts.Training;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Explanations;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;

namespace Perennial.MLNet.Tests;

public sealed class MLNetTrainerTests
{
    private static readonly ManagedRuntime Managed = new();

    public static TheoryData<string, TaskKind> Candidates()
    {
        var data = new TheoryData<string, TaskKind>();
        foreach (var trainer in MLNetTrainer.All(Managed))
            foreach (var task in Enum.GetValues<TaskKind>())
                if (trainer.Space(task) is not null) data.Add(trainer.Name, task);
        return data;
    }

    [Fact]
    public void The_four_learners_do_what_they_can()
    {
        Assert.Equal(SpecReader.MLNetCandidates, MLNetTrainer.All(Managed).Select(t => t.Name));
        Assert.Equal(12, Candidates().Count);
    }

    [Theory]
    [MemberData(nameof(Candidates))]
    public void A_model_is_in_the_form_of_every_package(string learner, TaskKind task)
    {
        var trained = Trainer(learner).Train(TrainingRows.Request(task), CancellationToken.None);

        using var session = new InferenceSession(trained.Onnx);
        Assert.DoesNotContain("label", session.InputNames);
        Assert.Equal(TrainingRows.Features, session.InputNames);
        Assert.All(session.InputMetadata.Values, input => Assert.Equal([-1, 1], input.Dimensions));
        Assert.Equal(task == TaskKind.Regression ? ["scores"] : ["scores", "label"], session.OutputNames);
        Assert.Equal(task.ToString(), session.ModelMetadata.CustomMetadataMap["perennial.task"]);
        Assert.Equal(1, trained.Importance.Values.DefaultIfEmpty(1).Sum(), 1e-9);
    }

    [Theory]
    [MemberData(nameof(Candidates))]
    public void A_model_has_learned_and_both_runtimes_say_so(string learner, TaskKind task)
    {
        var request = TrainingRows.Request(task, 1200);
        var trained = Trainer(learner).Train(request, CancellationToken.None);
        Assert.Equal(1000, trained.Facts["rowsCompared"]);

        var rows = TrainingRows.Frame(task, 400, seed: 8);
        var (managed, native) = (Managed.Load(trained.Onnx).Score(rows), new OnnxRuntimeModel().Load(trained.Onnx).Score(rows));
        for (var i = 0; i < managed.Values.Length; i++) Assert.Equal(managed.Values[i], native.Values[i], 1e-4 * Math.Max(1, Math.Abs(managed.Values[i])));
        var targets = TrainingTargets.Read(task, rows, "label", request.Classes, null);
        var metrics = ModelMetrics.Compute(task, targets.Values, managed, targets.Weights);
        var (metric, least) = task switch { TaskKind.Binary => ("rocAuc", 0.8), TaskKind.Multiclass => ("accuracy", 0.6), _ => ("r2", 0.5) };
        Assert.InRange(metrics[metric], least, 1);
    }

    [Theory]
    [InlineData("mlnet-fasttree", TaskKind.Binary)]
    [InlineData("mlnet-sdca", TaskKind.Multiclass)]
    public void An_export_that_says_something_else_is_refused_with_the_reason(string learner, TaskKind task)
    {
        var refusal = Refusal(MLNetTrainer.All(new Wrong(Managed, 2e-4)).Single(t => t.Name == learner), TrainingRows.Request(task));
        Assert.Equal("export-differs", refusal.Code);
        Assert.Contains("differs from ML.NET in 1 of", refusal.Message, StringComparison.Ordinal);

        MLNetTrainer.All(new Wrong(Managed, 5e-5)).Single(t => t.Name == learner).Train(TrainingRows.Request(task), CancellationToken.None);
    }

    [Fact]
    public void An_export_is_held_to_what_will_serve_it()
    {
        var request = TrainingRows.Request(TaskKind.Binary);
        Assert.Equal("export-differs", Refusal(Trainer("mlnet-sdca"), request with { Runtime = new Wrong(Managed, 2e-4) }).Code);
        MLNetTrainer.All(new Wrong(Managed, 2e-4)).Single(t => t.Name == "mlnet-sdca").Train(request with { Runtime = new OnnxRuntimeModel() }, CancellationToken.None);
    }

    [Fact]
    public void Another_machine_may_have_the_library_that_this_one_lacks()
    {
        var failure = Assert.Throws<ActivityFailureException>(() => Trainer("mlnet-sdca").Train(TrainingRows.Request(TaskKind.Binary) with { Runtime = new Missing() }, CancellationToken.None)).Failure;
        Assert.Equal((Failure.NativeLibraryMissing, true), (failure.Code, failure.Retryable));
        Assert.Contains("libnothing", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_score_that_is_no_number_is_refused() =>
        Assert.Equal("export-differs", Refusal(MLNetTrainer.All(new Wrong(Managed, double.NaN))[0], TrainingRows.Request(TaskKind.Binary)).Code);

    [Fact]
    public void A_regression_of_poissons_refuses_labels_below_zero()
    {
        var request = TrainingRows.Request(TaskKind.Regression);
        var labels = ((NumericColumn)request.Train["label"]).Values.ToArray();
        labels[3] = -1;
        var refusal = Refusal(Trainer("mlnet-lbfgs"), request with { Train = new Frame([.. request.Train.Columns.Where(c => c.Name != "label"), new NumericColumn("label", labels)]) });
        Assert.Equal("label-negative", refusal.Code);
    }

    [Fact]
    public void Parameters_that_a_learner_does_not_know_or_cannot_take_are_refused()
    {
        TrainingRequest With(string name, double value) => TrainingRows.Request(TaskKind.Binary) with { Parameters = new Dictionary<string, double> { [name] = value } };
        Assert.Equal("parameter-unknown", Refusal(Trainer("mlnet-sdca"), With("leaves", 4)).Code);
        Assert.Equal("parameter-impossible", Refusal(Trainer("mlnet-fasttree"), With("leaves", 1)).Code);
        Assert.Equal("parameter-impossible", Refusal(Trainer("mlnet-fasttree"), With("leaves", double.NaN)).Code);
    }

    [Fact]
    public void Rows_that_weigh_nothing_teach_nothing()
    {
        var request = TrainingRows.Request(TaskKind.Binary);
        var count = request.Train.RowCount;
        // The second half has the labels turned round and no weight.
        var label = CategoricalColumn.From("label", [.. Enumerable.Range(0, count).Select(r => r < count / 2 ? request.Train["label"].Format(r) : request.Train["label"].Format(r) == "yes" ? "no" : "yes")]);
        var weight = new NumericColumn("weight", [.. Enumerable.Range(0, count).Select(r => r < count / 2 ? 1.0 : 0)]);
        var turned = request with { Weight = "weight", Train = new Frame([.. request.Train.Columns.Where(c => c.Name != "label"), label, weight]) };
        var rows = TrainingRows.Frame(TaskKind.Binary, 300, seed: 4);
        foreach (var learner in new[] { "mlnet-fasttree", "mlnet-sdca", "mlnet-lbfgs" })
        {
            var scores = Managed.Load(Trainer(learner).Train(turned, CancellationToken.None).Onnx).Score(rows);
            var targets = TrainingTargets.Read(TaskKind.Binary, rows, "label", request.Classes, null);
            Assert.InRange(ModelMetrics.Compute(TaskKind.Binary, targets.Values, scores, targets.Weights)["rocAuc"], 0.75, 1);
        }
    }

    [Fact]
    public void A_cancelled_training_ends() =>
        Assert.ThrowsAny<OperationCanceledException>(() => Trainer("mlnet-fasttree").Train(TrainingRows.Request(TaskKind.Binary), new CancellationToken(canceled: true)));

    [Fact]
    public void Another_seed_may_give_another_model_and_the_same_seed_never_does()
    {
        byte[] Train(ulong seed) => Trainer("mlnet-sdca").Train(TrainingRows.Request(TaskKind.Binary) with { Seed = seed }, CancellationToken.None).Onnx;
        Assert.Equal(Train(1), Train(1));
        Assert.NotEqual(Train(1), Train(2));
    }

    [Theory]
    [MemberData(nameof(Candidates))]
    public void Who_asks_for_an_explanation_is_told_that_there_is_none(string learner, TaskKind task)
    {
        var onnx = Trainer(learner).Train(TrainingRows.Request(task), CancellationToken.None).Onnx;
        Assert.Throws<NotExplainableException>(() => GraphExplainer.Load(onnx, null));
    }

    private static ITrainer Trainer(string name) => MLNetTrainer.All(Managed).Single(t => t.Name == name);

    private static Failure Refusal(ITrainer trainer, TrainingRequest request)
    {
        var failure = Assert.Throws<ActivityFailureException>(() => trainer.Train(request, CancellationToken.None)).Failure;
        Assert.False(failure.Retryable);
        return failure;
    }

    private sealed class Missing : IModelRuntime
    {
        public string Name => "missing";

        public IPredictor Load(ReadOnlyMemory<byte> onnx) => throw new DllNotFoundException("libnothing.so is not here.");
    }

    // A runtime whose scores are right but for one.
    private sealed class Wrong(IModelRuntime inner, double by) : IModelRuntime
    {
        public string Name => "wrong";

        public IPredictor Load(ReadOnlyMemory<byte> onnx) => new Predictor(inner.Load(onnx), by);

        private sealed class Predictor(IPredictor inner, double by) : IPredictor
        {
            public IReadOnlyList<ColumnSchema> Inputs => inner.Inputs;

            public IReadOnlyList<string> Classes => inner.Classes;

            public Scores Score(Frame rows)
            {
                var scores = inner.Score(rows);
                scores.Values[rows.RowCount / 2] += by;
                return scores;
            }
        }
    }
}
