using Perennial.Core.Evaluation;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Core.Training;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Tests.Evaluation;

public class GatesTests
{
    [Theory]
    [InlineData("rocAuc", 0.8, true)]
    [InlineData("rocAuc", 0.81, false)]
    [InlineData("logLoss", 0.4, true)]
    [InlineData("logLoss", 0.39, false)]
    [InlineData("prAuc", 0.1, false)]
    public void A_floor_is_the_worst_value_allowed_in_the_metric_s_own_direction(string metric, double floor, bool passed)
    {
        var gates = new GatesSpec { Floor = new Dictionary<string, double> { [metric] = floor } };
        Assert.Equal(passed, Gates.Judge(gates, Report(), null, []).Single(g => g.Gate == "floor").Passed);
    }

    [Theory]
    [InlineData(0.01, 0, true)]
    [InlineData(0, 0, false)]
    [InlineData(-0.01, 0, false)]
    [InlineData(0.01, 0.02, false)]
    public void The_champion_must_be_beaten_by_more_than_is_demanded(double difference, double demanded, bool passed)
    {
        var champion = new ChampionComparison(3, new Dictionary<string, double> { ["rocAuc"] = 0.8 - difference }, difference, new MetricInterval(-1, 1), 0.5);
        var results = Gates.Judge(new GatesSpec { MinImprovement = demanded }, Report() with { Champion = champion }, null, []);
        Assert.Equal(passed, results.Single(g => g.Gate == "better-than-champion").Passed);
        Assert.StartsWith(passed ? "Better than version 3 by" : "Not better enough than version 3", results.Single(g => g.Gate == "better-than-champion").Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logLoss", 0.5, true)]
    [InlineData("logLoss", 0.4, false)]
    [InlineData("logLoss", 0.3, false)]
    [InlineData("rocAuc", 0.5, true)]
    public void The_baseline_must_be_beaten_in_the_deciding_metric(string metric, double baseline, bool passed)
    {
        var report = Report() with { Metric = metric, BaselineMetrics = new Dictionary<string, double> { [metric] = baseline } };
        Assert.Equal(passed, Gates.Judge(new GatesSpec(), report, null, []).Single(g => g.Gate == "better-than-baseline").Passed);
    }

    [Fact]
    public void A_champion_that_cannot_score_the_rows_is_named_and_does_not_stand_in_the_way()
    {
        var gate = Gates.Judge(new GatesSpec(), Report(), "Version 1 reads the column 'wind', which these rows do not have.", []).Single(g => g.Gate == "better-than-champion");
        Assert.True(gate.Passed);
        Assert.StartsWith("Version 1 reads the column 'wind'", gate.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_champion_whose_inputs_have_gone_or_changed_is_incomparable_not_a_fault()
    {
        var plan = new TrainingPlan(TaskKind.Binary, "y", ["no", "yes"], "rocAuc", null, ["x"], ["y"]);
        var rows = new LabelledRows(new Frame([new NumericColumn("x", [1, 2])]), [0, 1], []);
        string? Compare(ColumnSchema input, params string[] classes) =>
            Evaluator.Compare(plan, rows, new Scores(1, [0.1, 0.9]), 4, new FixedPredictor([input], classes, [0.2, 0.8]), 1).Incomparable;

        Assert.Equal("Version 4 reads the column 'z', which these rows do not have.", Compare(new ColumnSchema("z", ColumnType.Numeric), "no", "yes"));
        Assert.Equal("Version 4 reads 'x' as text, which is numeric now.", Compare(new ColumnSchema("x", ColumnType.Text), "no", "yes"));
        Assert.StartsWith("Version 4 answers with the classes no, maybe", Compare(new ColumnSchema("x", ColumnType.Numeric), "no", "maybe"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_champion_with_its_classes_the_other_way_round_is_compared_the_right_way_round()
    {
        var plan = new TrainingPlan(TaskKind.Binary, "y", ["no", "yes"], "logLoss", null, ["x"], ["y"]);
        var rows = new LabelledRows(new Frame([new NumericColumn("x", [1, 2])]), [0, 1], []);
        var champion = new FixedPredictor([], ["yes", "no"], [0.9, 0.1]);
        var (comparison, _) = Evaluator.Compare(plan, rows, new Scores(1, [0.05, 0.95]), 4, champion, 1);

        Assert.Equal(-Math.Log(0.9), comparison!.Metrics["logLoss"], 12);
        // Lower is better, and better is positive.
        Assert.Equal(Math.Log(0.95) - Math.Log(0.9), comparison.Difference, 12);
        Assert.True(comparison.Interval.Low <= comparison.Difference && comparison.Difference <= comparison.Interval.High);
    }

    [Fact]
    public void The_evidence_that_a_rollout_carries_on_is_positive_where_the_candidate_is_better()
    {
        var plan = new TrainingPlan(TaskKind.Binary, "y", ["no", "yes"], "logLoss", null, ["x"], ["y"]);
        var rows = new LabelledRows(new Frame([new NumericColumn("x", [1, 2])]), [0, 1], []);
        var (comparison, _) = Evaluator.Compare(plan, rows, new Scores(1, [0.1, 0.9]), 4, new FixedPredictor([], ["no", "yes"], [0.5, 0.5]), 1);

        Assert.Equal((2, 0.24), (comparison!.Evidence!.Rows, Math.Round(comparison.Evidence.Mean, 12)));
    }

    [Fact]
    public void A_champion_that_does_not_know_a_new_class_is_compared_all_the_same()
    {
        var plan = new TrainingPlan(TaskKind.Multiclass, "y", ["a", "b", "c", "d"], "accuracy", null, ["x"], ["y"]);
        var rows = new LabelledRows(new Frame([new NumericColumn("x", [1, 2])]), [0, 3], []);
        var champion = new FixedPredictor([], ["c", "b", "a"], [0.2, 0.1, 0.7, 0.2, 0.1, 0.7], outputs: 3);
        var (comparison, incomparable) = Evaluator.Compare(plan, rows, new Scores(4, [0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.7]), 4, champion, 1);

        Assert.Null(incomparable);
        Assert.Equal((0.5, 0.5), (comparison!.Metrics["accuracy"], comparison.Difference));
    }

    private static EvaluationReport Report() => new()
    {
        Task = TaskKind.Binary,
        Metric = "rocAuc",
        Classes = ["no", "yes"],
        Rows = 100,
        Metrics = new Dictionary<string, double> { ["rocAuc"] = 0.8, ["logLoss"] = 0.4 },
        Intervals = new Dictionary<string, MetricInterval>(),
        BaselineMetrics = new Dictionary<string, double> { ["rocAuc"] = 0.5, ["logLoss"] = 0.6 },
    };

    private sealed class FixedPredictor(IReadOnlyList<ColumnSchema> inputs, IReadOnlyList<string> classes, double[] scores, int outputs = 1) : Core.Ports.IPredictor
    {
        public IReadOnlyList<ColumnSchema> Inputs => inputs;

        public IReadOnlyList<string> Classes => classes;

        public Scores Score(Frame rows) => new(outputs, scores);
    }
}
