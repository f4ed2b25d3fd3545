using Perennial.Learning.Features;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Learning.Tests.Models;

public class ModelTrainingTests
{
    private static readonly Frame Train = SyntheticRows.Of(1500, 1);
    private static readonly Frame Validation = SyntheticRows.Of(500, 2);
    private static readonly Frame Later = SyntheticRows.Of(1000, 3);

    [Theory]
    [InlineData(TaskKind.Binary, 0.8, 0.3)]
    [InlineData(TaskKind.Multiclass, 0.85, 0.35)]
    [InlineData(TaskKind.Regression, 0.8, 0.35)]
    public void On_rows_never_seen_trees_beat_linear_models_and_those_the_baseline(TaskKind task, double linear, double trees)
    {
        var losses = ModelTraining.Learners.ToDictionary(learner => learner, learner =>
        {
            var spec = SyntheticRows.Spec(learner, task, Train, Validation);
            return SyntheticRows.Loss(spec, ReferenceScorer.Score(ModelTraining.Train(spec, default).Model, Later), Later);
        });
        var baseline = losses[ModelTraining.Baseline];
        Assert.InRange(losses[ModelTraining.Linear] / baseline, 0, linear);
        Assert.InRange(losses[ModelTraining.BoostedTrees] / baseline, 0, trees);
    }

    [Theory]
    [InlineData(ModelTraining.Linear)]
    [InlineData(ModelTraining.BoostedTrees)]
    public void Transforms_and_bins_are_fitted_on_training_rows_only(string learner)
    {
        var spec = SyntheticRows.Spec(learner, TaskKind.Binary, Train, Validation) with
        {
            Parameters = learner == ModelTraining.Linear ? new Dictionary<string, double>() : new Dictionary<string, double> { ["rounds"] = 5 },
        };
        var model = ModelTraining.Train(spec, default).Model;
        var changed = Validation.Select(Validation.Columns.Select(c => c.Name).Where(n => n is not "x" and not "sky"));
        var elsewhere = new Frame([.. changed.Columns,
            new NumericColumn("x", [.. Enumerable.Range(0, 500).Select(i => i % 2 == 0 ? double.NaN : 1e6)]),
            CategoricalColumn.From("sky", [.. Enumerable.Range(0, 500).Select(i => "new " + i % 3)])]);
        var other = ModelTraining.Train(spec with { Validation = elsewhere }, default).Model;
        Assert.Equal(model.Transforms.Select(Text), other.Transforms.Select(Text));
        if (model.Predictor is not TreeEnsemblePredictor ensemble) return;

        // Early stopping may keep fewer trees, but those it keeps are the same.
        var kept = Assert.IsType<TreeEnsemblePredictor>(other.Predictor);
        var shorter = Math.Min(kept.Trees.Count, ensemble.Trees.Count);
        Assert.True(shorter > 0);
        Assert.Equal(Trees.BoostedTreesTests.Text(ensemble with { Trees = [.. ensemble.Trees.Take(shorter)] }),
            Trees.BoostedTreesTests.Text(kept with { Trees = [.. kept.Trees.Take(shorter)] }));
    }

    [Theory]
    [InlineData(ModelTraining.Linear)]
    [InlineData(ModelTraining.BoostedTrees)]
    public void No_transform_knows_the_label(string learner)
    {
        var spec = SyntheticRows.Spec(learner, TaskKind.Binary, Train);
        var flipped = new Frame([.. Train.Columns.Select(c => c is BooleanColumn { Name: "yes" } yes
            ? new BooleanColumn("yes", [.. yes.Values.ToArray().Select(v => (sbyte)(1 - v))])
            : c)]);
        var model = ModelTraining.Train(spec, default).Model;
        var opposite = ModelTraining.Train(spec with { Train = flipped }, default).Model;
        Assert.Equal(model.Transforms.Select(Text), opposite.Transforms.Select(Text));
        var (scores, others) = (ReferenceScorer.Score(model, Later), ReferenceScorer.Score(opposite, Later));
        Assert.True(Enumerable.Range(0, Later.RowCount).Average(r => Math.Abs(scores.Row(r)[0] + others.Row(r)[0] - 1)) < 0.02);
    }

    [Theory]
    [InlineData(ModelTraining.Linear)]
    [InlineData(ModelTraining.BoostedTrees)]
    public void Importance_sums_to_one_and_names_the_column_that_matters(string learner)
    {
        var result = ModelTraining.Train(SyntheticRows.Spec(learner, TaskKind.Regression, Train), default);
        Assert.Equal(1, result.ImportanceByColumn.Values.Sum(), 1e-12);
        Assert.Equal(SyntheticRows.Features.Order(), result.ImportanceByColumn.Keys.Order());
        Assert.True(result.ImportanceByColumn["sky"] > result.ImportanceByColumn["noise"]);
        Assert.Equal(SyntheticRows.Features, result.Model.Inputs.Select(i => i.Name));
    }

    [Fact]
    public void The_baseline_is_the_share_of_classes_or_the_mean()
    {
        double[] Score(TaskKind task) =>
            ReferenceScorer.Score(ModelTraining.Train(SyntheticRows.Spec(ModelTraining.Baseline, task, Train), default).Model, Later).Row(0).ToArray();
        Assert.Equal(((BooleanColumn)Train["yes"]).Values.ToArray().Average(v => v), Score(TaskKind.Binary)[0], 1e-6);
        Assert.Equal(((NumericColumn)Train["value"]).Values.ToArray().Average(), Score(TaskKind.Regression)[0], 1e-5);
        var grades = Enumerable.Range(0, Train.RowCount).Select(r => Train["grade"].Format(r)).ToArray();
        var shares = Score(TaskKind.Multiclass);
        Assert.Equal(grades.Count(g => g == "low") / 1500.0, shares[0], 1e-6);
        Assert.Equal(grades.Count(g => g == "high") / 1500.0, shares[2], 1e-6);
    }

    [Theory]
    [InlineData(ModelTraining.Linear)]
    [InlineData(ModelTraining.BoostedTrees)]
    public void Without_a_usable_feature_the_model_is_the_baseline_and_says_why(string learner)
    {
        var rows = new Frame([.. Train.Columns, new TextColumn("remarks", new string?[1500])]);
        var result = ModelTraining.Train(SyntheticRows.Spec(learner, TaskKind.Binary, rows) with { Features = ["remarks"] }, default);
        Assert.IsType<ConstantPredictor>(result.Model.Predictor);
        Assert.Equal("remarks", Assert.Single(result.Ignored).Column);
        Assert.Equal("remarks", Assert.Single(result.Model.Inputs).Name);
        Assert.Empty(result.ImportanceByColumn);
    }

    [Fact]
    public void Facts_say_how_many_rounds_were_kept_and_the_model_holds_as_many()
    {
        var result = ModelTraining.Train(SyntheticRows.Spec(ModelTraining.BoostedTrees, TaskKind.Multiclass, Train, Validation), default);
        Assert.Equal(result.Facts["rounds"] * 3, ((TreeEnsemblePredictor)result.Model.Predictor).Trees.Count);
        Assert.InRange(result.Facts["rounds"], 1, result.Facts["roundsTried"]);
        Assert.InRange(result.Facts["validationLoss"], 0, 0.5);
    }

    [Fact]
    public void Weights_move_the_model()
    {
        var spec = SyntheticRows.Spec(ModelTraining.Baseline, TaskKind.Regression, Train) with { Weight = "weight" };
        var (values, weights) = (((NumericColumn)Train["value"]).Values.ToArray(), ((NumericColumn)Train["weight"]).Values.ToArray());
        var mean = values.Zip(weights, (v, w) => v * w).Sum() / weights.Sum();
        Assert.Equal(mean, ReferenceScorer.Score(ModelTraining.Train(spec, default).Model, Later).Row(0)[0], 1e-5);
    }

    [Fact]
    public void What_cannot_be_trained_is_refused_with_a_code_and_the_place()
    {
        var spec = SyntheticRows.Spec(ModelTraining.BoostedTrees, TaskKind.Binary, Train);
        AssertRefused("learner-unknown", "'forest'", spec with { Learner = "forest" });
        AssertRefused("feature-is-label", "'yes'", spec with { Features = ["x", "yes"] });
        AssertRefused("feature-is-label", "weight", spec with { Weight = "weight", Features = ["x", "weight"] });
        AssertRefused("feature-missing", "'y'", spec with { Features = ["y"] });
        AssertRefused("feature-missing", "validation", spec with { Validation = Validation.Without(new HashSet<string> { "x" }) });
        AssertRefused("parameter-unknown", "'leafs'", spec with { Parameters = new Dictionary<string, double> { ["leafs"] = 4 } });
        AssertRefused("parameter-impossible", "'leaves'", spec with { Parameters = new Dictionary<string, double> { ["leaves"] = 4.5 } });
        AssertRefused("parameter-impossible", "'rowSampling'", spec with { Parameters = new Dictionary<string, double> { ["rowSampling"] = 2 } });
        AssertRefused("label-missing", "'gone'", spec with { Label = "gone" });
        AssertRefused("label-missing", "Row ", spec with { Label = "wet", Features = ["x"] });
        AssertRefused("label-unknown", "'true'", spec with { Classes = ["false", "yes"] });
        AssertRefused("label-type", "numeric", spec with { Task = TaskKind.Regression });
        AssertRefused("label-constant", "'yes'", spec with { Train = Train.Take([.. Enumerable.Range(0, 1500).Where(r => Train["yes"].Format(r) == "true")]) });
        AssertRefused("classes-wrong", "2 classes", spec with { Classes = ["a", "b", "c"] });
        AssertRefused("classes-wrong", "twice", spec with { Classes = ["true", "true"] });
        AssertRefused("weight-impossible", "'x'", spec with { Weight = "x", Features = ["noise"] });
        AssertRefused("weight-type", "'sky'", spec with { Weight = "sky", Features = ["noise"] });
        AssertRefused("no-rows", "no training rows", spec with { Train = Train.Take([]) });
    }

    [Fact]
    public void A_cancelled_training_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        foreach (var learner in new[] { ModelTraining.Linear, ModelTraining.BoostedTrees })
            Assert.Throws<OperationCanceledException>(() =>
                ModelTraining.Train(SyntheticRows.Spec(learner, TaskKind.Binary, Train), source.Token));
    }

    [Fact]
    public void Every_range_of_a_search_space_can_be_trained_at_both_ends()
    {
        var rows = SyntheticRows.Of(300, 8);
        foreach (var learner in ModelTraining.Learners)
        {
            foreach (var range in ModelTraining.Space(learner))
            {
                Assert.InRange(range.Default, range.Low, range.High);
                foreach (var value in new[] { range.Low, range.High })
                {
                    var parameters = new Dictionary<string, double> { [range.Name] = value };
                    if (learner == ModelTraining.BoostedTrees) parameters["rounds"] = 2;
                    ModelTraining.Train(SyntheticRows.Spec(learner, TaskKind.Binary, rows) with { Parameters = parameters }, default);
                }
            }
        }
    }

    private static void AssertRefused(string code, string part, TrainingSpec spec)
    {
        var error = Assert.Throws<ModelTrainingException>(() => ModelTraining.Train(spec, default));
        Assert.Equal(code, error.Code);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    private static string Text(FittedTransform transform) =>
        transform + " " + string.Join('|', transform.FeatureNames) + " " + (transform is LevelCode code ? string.Join('|', code.Levels) : "");
}
