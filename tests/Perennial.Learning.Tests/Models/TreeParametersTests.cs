using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Tests.Models;

public class TreeParametersTests
{
    private static readonly Frame Train = SyntheticRows.Of(1500, 1);
    private static readonly Frame Later = SyntheticRows.Of(1000, 3);

    [Fact]
    public void The_Poisson_loss_predicts_the_mean_and_exports_its_exponential()
    {
        var model = Fit(TaskKind.Regression, ("poissonLoss", 1), ("rounds", 60));
        var scores = ReferenceScorer.Score(model, Later);
        Assert.True(model.LogMargin);
        Assert.All(scores.Values, score => Assert.True(score > 0));
        Assert.Equal(((NumericColumn)Later["value"]).Values.ToArray().Average(), scores.Values.Average(), 0.15);
        Assert.Equal(scores.Values, OnnxModel.Load(OnnxExporter.Export(model)).Score(Later).Values);
    }

    [Fact]
    public void A_quantile_is_above_about_its_share_of_later_rows()
    {
        var labels = ((NumericColumn)Later["value"]).Values.ToArray();
        double Below(params (string, double)[] parameters) =>
            ReferenceScorer.Score(Fit(TaskKind.Regression, parameters), Later).Values.Zip(labels).Count(row => row.Second <= row.First) / 1000.0;
        Assert.InRange(Below(("quantile", 0.9)), 0.8, 0.97);
        Assert.InRange(Below(("absoluteLoss", 1)), 0.4, 0.6);
        Assert.InRange(Below(("quantile", 0.1)), 0.03, 0.2);
    }

    [Fact]
    public void Balanced_classes_weigh_the_same_and_the_positive_one_can_be_given_more()
    {
        double Mean(params (string, double)[] parameters) => ReferenceScorer.Score(Fit(TaskKind.Binary, parameters), Later).Values.Average();
        var plain = Mean();
        Assert.True(plain > 0.52);
        Assert.True(Mean(("balanceClasses", 1)) < plain);
        Assert.True(Mean(("positiveWeight", 5)) > plain);
    }

    [Theory]
    [InlineData(1500, null, false)]
    [InlineData(1500, 1.0, true)]
    [InlineData(40_000, null, true)]
    [InlineData(40_000, 0.0, false)]
    public void Levels_are_split_in_sets_where_there_are_rows_enough_or_it_is_asked_for(int rows, double? asked, bool expected)
    {
        var parameters = new Dictionary<string, double> { ["rounds"] = 10 };
        if (asked is { } sets) parameters["levelSets"] = sets;
        var levels = CategoricalColumn.From("level", [.. Enumerable.Range(0, rows).Select(row => $"level {row % 12}")]);
        var frame = new Frame([levels, new NumericColumn("value", [.. Enumerable.Range(0, rows).Select(row => (double)(row % 12 % 3) + (row % 7) / 10.0)])]);
        var spec = new TrainingSpec { Learner = ModelTraining.BoostedTrees, Task = TaskKind.Regression, Train = frame, Label = "value", Features = ["level"], Classes = [], Parameters = parameters };
        var trees = ((TreeEnsemblePredictor)ModelTraining.Train(spec, default).Model.Predictor).Trees;
        Assert.Equal(expected, trees.Any(tree => tree.Sets.Any(set => set is not null)));
    }

    [Fact]
    public void A_column_can_be_made_monotone()
    {
        var rows = new Frame([.. Later.Columns.Where(column => column.Name != "x"), new NumericColumn("x", [.. Enumerable.Repeat(3.0, 500), .. Enumerable.Repeat(1.0, 500)])]);
        var moved = new Frame([.. rows.Columns.Where(column => column.Name != "x"), new NumericColumn("x", [.. Enumerable.Repeat(4.0, 500), .. Enumerable.Repeat(2.0, 500)])]);
        bool Falls(FittedModel model) => ReferenceScorer.Score(model, rows).Values.Zip(ReferenceScorer.Score(model, moved).Values).Any(pair => pair.Second < pair.First);
        Assert.True(Falls(Fit(TaskKind.Regression)));
        Assert.False(Falls(Fit(TaskKind.Regression, ("monotone.x", 1))));
    }

    [Theory]
    [InlineData(TaskKind.Binary, "parameter-impossible", "quantile", 0.5)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "quantile", 1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "absoluteLoss", 2)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "balanceClasses", 1)]
    [InlineData(TaskKind.Multiclass, "parameter-impossible", "positiveWeight", 2)]
    [InlineData(TaskKind.Multiclass, "parameter-impossible", "monotone.x", 1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "monotone.x", 0.5)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "monotone.sky", 1)]
    [InlineData(TaskKind.Regression, "parameter-unknown", "monotone.y", 1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "l1", -1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "l1", double.NaN)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "l2", -0.5)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "learningRate", 0)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "learningRate", double.PositiveInfinity)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "rounds", 0)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "leaves", 1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "leaves", 2.5)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "maxBins", 256)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "minChildRows", 0)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "minChildWeight", -1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "minLevelRows", -1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "minLevelCount", -1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "levelSmoothing", -1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "levelSets", 2)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "levelSets", double.NaN)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "rowSampling", 0)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "columnSampling", 1.5)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "earlyStoppingRounds", -1)]
    [InlineData(TaskKind.Regression, "parameter-impossible", "poissonLoss", -1)]
    public void What_cannot_be_is_refused_by_its_name(TaskKind task, string code, string name, double value)
    {
        var refusal = Assert.Throws<ModelTrainingException>(() => Fit(task, (name, value)));
        Assert.Equal(code, refusal.Code);
        Assert.Contains($"'{name}'", refusal.Message, StringComparison.Ordinal);
    }

    private static FittedModel Fit(TaskKind task, params (string Name, double Value)[] parameters) =>
        ModelTraining.Train(SyntheticRows.Spec(ModelTraining.BoostedTrees, task, Train) with { Parameters = parameters.ToDictionary(p => p.Name, p => p.Value) }, default).Model;
}
