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
}
