using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Linear;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Tests.Linear;

public sealed class SparseTrainingTests
{
    [Theory]
    [InlineData(TaskKind.Binary)]
    [InlineData(TaskKind.Regression)]
    public void Fifty_thousand_levels_are_trained_in_memory_for_their_rows(TaskKind task)
    {
        const int Rows = 100_000;
        string[] levels = [.. Enumerable.Range(0, 50_000).Select(i => $"customer {i:D5}")];
        int[] codes = [.. Enumerable.Range(0, Rows).Select(row => row * 7919 % levels.Length)];
        double[] labels = [.. codes.Select(code => code % 3 == 0 ? 1.0 : 0)];
        var train = new Frame([new CategoricalColumn("customer", codes, levels), new NumericColumn("label", labels)]);
        var spec = new TrainingSpec
        {
            Learner = ModelTraining.Linear,
            Task = task,
            Train = train,
            Label = "label",
            Classes = task == TaskKind.Binary ? ["0", "1"] : [],
            Features = ["customer"],
            Parameters = new Dictionary<string, double> { ["maxLevels"] = 50_000, ["minLevelCount"] = 1, ["l2"] = 1e-5, ["maxIterations"] = 20 },
            Threads = 1,
        };
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = ModelTraining.Train(spec, default);

        // A column a level would take 20 GB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400 << 20);
        Assert.Equal(50_002, result.Facts["features"]);
        var scores = OnnxModel.Load(OnnxExporter.Export(result.Model)).Score(train.Take([0, 1, 2, 3, 4, 5]));
        for (var row = 0; row < 6; row++) Assert.Equal(labels[row] == 1, scores.Values[row] > 0.5);
    }

    [Fact]
    public void The_blocks_of_many_features_add_up_to_the_same_gradient()
    {
        // As many features as leave room for one block's gradient at a time, and for all of them.
        var (wide, narrow) = (Minimize(1 << 22), Minimize(3));
        Assert.Equal(narrow.Predictor.Weights[0][..2], wide.Predictor.Weights[0][..2]);
        Assert.Equal(narrow.Predictor.Intercepts, wide.Predictor.Intercepts);
    }

    [Theory]
    [InlineData(1000, 5000, "5,001,000")]
    [InlineData(100_000, 65_536, "6,553,700,000")]
    public void More_coefficients_than_memory_holds_are_refused_with_the_numbers(int classes, int features, string coefficients)
    {
        // The second product is beyond an int.
        var rows = SparseRows.From(2, [new LevelFeatures([0, 1], features)]);
        var targets = new TrainingTargets(TaskKind.Multiclass, classes, [0, 1], [1, 1]);
        var refusal = Assert.Throws<ModelTrainingException>(() => LogisticRegressionTrainer.Minimize(rows, targets, new LinearOptions(), default));
        Assert.Equal("too-many-coefficients", refusal.Code);
        Assert.Contains(coefficients, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("maxTerms", refusal.Message, StringComparison.Ordinal);
    }

    private static LinearFit Minimize(int width)
    {
        const int Rows = 9000;
        int[] codes = [.. Enumerable.Range(0, Rows).Select(row => row * 31 % 2)];
        var targets = new TrainingTargets(TaskKind.Binary, 1, [.. codes.Select((code, row) => row % 5 == 0 ? 1.0 - code : code)], [.. codes.Select(_ => 1.0)]);
        var rows = SparseRows.From(Rows, [new LevelFeatures(codes, width)]);
        return LogisticRegressionTrainer.Minimize(rows, targets, new LinearOptions { MaxIterations = 3, Threads = 1 }, default);
    }
}
