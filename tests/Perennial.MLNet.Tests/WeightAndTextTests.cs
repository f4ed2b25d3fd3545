using Perennial.Contracts.Training;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.MLNet.Tests;

/// <summary>Weights of rows, and free text, through every learner and both runtimes.</summary>
public sealed class WeightAndTextTests
{
    private static readonly ManagedRuntime Managed = new();

    public static TheoryData<string, TaskKind> Classifiers()
    {
        var data = new TheoryData<string, TaskKind>();
        foreach (var trainer in MLNetTrainer.All(Managed))
        {
            data.Add(trainer.Name, TaskKind.Binary);
            data.Add(trainer.Name, TaskKind.Multiclass);
        }
        return data;
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void A_class_whose_rows_weigh_more_is_more_probable(string learner, TaskKind task)
    {
        var request = TrainingRows.Request(task, 400);
        var last = request.Classes[^1];
        TrainingRequest Weighted(double weight) => request with
        {
            Weight = "weight",
            Train = new Frame([.. request.Train.Columns, new NumericColumn("weight", [.. Enumerable.Range(0, request.Train.RowCount).Select(row => request.Train["label"].Format(row) == last ? weight : 1)])]),
        };
        double Mean(double weight)
        {
            // Which class a row has depends on age and plan; without them only the weights tell how probable each is.
            var scores = Managed.Load(Train(learner, Weighted(weight) with { Features = ["active", "since"] }).Onnx).Score(request.Train);
            return Enumerable.Range(0, scores.RowCount).Average(row => scores.Row(row)[scores.Outputs - 1]);
        }
        Assert.True(Mean(10) > Mean(1) + 0.1, $"{Mean(10)} against {Mean(1)}");
    }

    [Theory]
    [MemberData(nameof(Classifiers))]
    public void The_words_of_free_text_are_features_and_both_runtimes_read_them(string learner, TaskKind task)
    {
        var request = Written(task, 600, 3);
        Assert.Equal(ColumnType.Text, request.Train["remark"].Type);
        var trained = Train(learner, request);
        Assert.Equal(["remark"], trained.Importance.Keys);

        var rows = Written(task, 300, 5).Train;
        var (managed, native) = (Managed.Load(trained.Onnx).Score(rows), new OnnxRuntimeModel().Load(trained.Onnx).Score(rows));
        for (var i = 0; i < managed.Values.Length; i++) Assert.Equal(managed.Values[i], native.Values[i], 1e-4);
        var targets = TrainingTargets.Read(task, rows, "label", request.Classes, null);
        var metric = task == TaskKind.Binary ? "rocAuc" : "accuracy";
        Assert.InRange(Learning.Metrics.ModelMetrics.Compute(task, targets.Values, managed, targets.Weights)[metric], 0.9, 1);
    }

    [Theory]
    [InlineData("mlnet-fasttree")]
    [InlineData("mlnet-lightgbm")]
    public void Trees_of_several_classes_tell_which_columns_matter(string learner)
    {
        var importance = Train(learner, TrainingRows.Request(TaskKind.Multiclass, 400)).Importance;
        Assert.Equal(TrainingRows.Features.Order(), importance.Keys.Order());
        Assert.True(importance["age"] > importance["plan"] && importance["plan"] > 2 * importance["since"], string.Join(", ", importance));
    }

    // What a remark says of the class stands between words that say nothing.
    private static TrainingRequest Written(TaskKind task, int rows, int seed)
    {
        var classes = TrainingRows.Classes(task);
        string[] noise = ["seen", "near", "runway", "by", "pilot", "tower", "during", "climb", "approach", "again"];
        string[] telling = ["feathers", "dent", "smoke"];
        var (remarks, labels) = (new string?[rows], new string?[rows]);
        for (var i = 0; i < rows; i++)
        {
            var k = (i * 7 + seed) % classes.Count;
            labels[i] = classes[k];
            remarks[i] = i % 31 == 0 ? null : $"{noise[(i + seed) % 10]} {telling[k]} {noise[(i * 3) % 10]} {noise[(i * i) % 10]} {i}";
        }
        var frame = new Frame([new TextColumn("remark", remarks), CategoricalColumn.From("label", labels)]);
        return new TrainingRequest(task, frame, null, "label", classes, null, ["remark"], new Dictionary<string, double>(), 5);
    }

    private static TrainedModel Train(string learner, TrainingRequest request) =>
        MLNetTrainer.All(Managed).Single(t => t.Name == learner).Train(request, CancellationToken.None);
}
