using System.Text.Json;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.Core.Tests.Training;

public class SearchTests
{
    [Fact]
    public void The_baseline_is_first_then_defaults_with_each_share_then_random_points()
    {
        var trials = Plan(new TrainSpec { Trials = 12 }, SplitKind.Time);

        Assert.Equal(13, trials.Count);
        Assert.Equal(Enumerable.Range(0, 13), trials.Select(t => t.Index));
        Assert.Equal("baseline", trials[0].Trainer);
        Assert.Equal(
            [("linear", 1.0), ("boosted-trees", 1.0), ("linear", 0.5), ("boosted-trees", 0.5), ("linear", 0.25), ("boosted-trees", 0.25)],
            trials.Skip(1).Take(6).Select(t => (t.Trainer, t.HistoryShare)));
        Assert.All(trials.Skip(7), t => Assert.Contains(t.HistoryShare, (double[])[1, 0.5, 0.25]));
        Assert.DoesNotContain(TrialPlan.History, trials[1].TrainerParameters().Keys);
    }

    [Fact]
    public void The_seed_decides_all_trials()
    {
        string Json(ulong seed) => JsonSerializer.Serialize(Plan(new TrainSpec { Seed = seed }, SplitKind.Time), CoreJson.Options);

        Assert.Equal(Json(1), Json(1));
        Assert.NotEqual(Json(1), Json(2));
    }

    [Fact]
    public void Points_lie_in_their_space_and_whole_numbers_are_whole()
    {
        var spaces = BuiltInTrainer.All.ToDictionary(t => t.Name, t => t.Space(TaskKind.Binary)!.ToDictionary(p => p.Name));
        foreach (var trial in Plan(new TrainSpec { Trials = 99 }, SplitKind.Random))
        {
            Assert.DoesNotContain(TrialPlan.History, trial.Parameters.Keys);
            foreach (var (name, value) in trial.Parameters)
            {
                var space = spaces[trial.Trainer][name];
                Assert.InRange(value, space.Low, space.High);
                if (space.Integer) Assert.Equal(Math.Round(value), value);
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    public void More_trials_than_an_instance_may_have_children_are_refused(int trials) =>
        Assert.Equal("too-many-trials", Search.Plan(new TrainSpec { Trials = trials }, TaskKind.Binary, SplitKind.Time, BuiltInTrainer.All).Problem!.Code);

    [Fact]
    public void An_unknown_candidate_names_the_nearest()
    {
        var problem = Search.Plan(new TrainSpec { Candidates = ["boosted-tree"] }, TaskKind.Binary, SplitKind.Time, BuiltInTrainer.All).Problem!;
        Assert.Contains("did you mean 'boosted-trees'?", problem.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rocAuc", 1)]
    [InlineData("logLoss", 0)]
    public void The_winner_is_best_in_the_metric_s_direction_and_the_earlier_of_two_equals(string metric, int winner) =>
        Assert.Equal(winner, Search.Winner(metric, [0.2, 0.9, 0.9, null, double.NaN, 0.2]));

    [Fact]
    public void Refused_trials_never_win() => Assert.Null(Search.Winner("rocAuc", [null, double.NaN]));

    private static IReadOnlyList<TrialPlan> Plan(TrainSpec train, SplitKind split) => Search.Plan(train, TaskKind.Binary, split, BuiltInTrainer.All).Value;
}
