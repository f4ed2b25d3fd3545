using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Splitting;

namespace Perennial.Core.Tests.Training;

/// <summary>What simplicity scores where rows are in the order of time.</summary>
public sealed class LastValueTests
{
    private static readonly TrainingPlan Plan = new(TaskKind.Regression, "level", [], "rmse", null, ["x"], []);
    private static readonly TrialPlan Baseline = new(0, Search.Baseline, new Dictionary<string, double>());

    [Fact]
    public void A_level_that_rises_is_foretold_best_by_the_last_value()
    {
        var (frame, split) = (Rows(i => i), Split(SplitKind.Time));
        var tried = Try(frame, split);
        Assert.Equal(1, tried.Facts["newestRows"]);
        Assert.Equal(Math.Sqrt(Enumerable.Range(60, 20).Average(i => (i - 59.0) * (i - 59.0))), tried.Value!.Value, 1e-4);

        // Fitted again on training and validation rows, it is their last value.
        var fitted = ModelFitting.Refit(new BuiltInTrainer("baseline"), new ManagedRuntime(), frame, Plan, split, Baseline, tried.Facts, 1, default);
        Assert.Equal(79, new ManagedRuntime().Load(fitted.Onnx).Score(frame).Values[0]);
    }

    [Fact]
    public void A_level_that_swings_is_foretold_best_by_the_mean() =>
        Assert.Empty(Try(Rows(i => i % 2 == 0 ? 1 : -1), Split(SplitKind.Time)).Facts);

    [Fact]
    public void Without_an_order_no_value_is_the_last() => Assert.Empty(Try(Rows(i => i), Split(SplitKind.Random)).Facts);

    private static TrialResult Try(Frame frame, RowSplit split) =>
        ModelFitting.Try(new BuiltInTrainer("baseline"), new ManagedRuntime(), frame, Plan, split.By, [new Fold(split.Train, split.Validation)], Baseline, 1, TimeProvider.System, default);

    private static RowSplit Split(SplitKind by) => new(by, [.. Enumerable.Range(0, 60)], [.. Enumerable.Range(60, 20)], [.. Enumerable.Range(80, 20)]);

    private static Frame Rows(Func<int, double> level) => new([
        new NumericColumn("x", [.. Enumerable.Range(0, 100).Select(i => (double)(i % 7))]),
        new NumericColumn("level", [.. Enumerable.Range(0, 100).Select(level)]),
    ]);
}
