using System.Text.Json;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.Core.Tests.Training;

public class SearchTests
{
    [Fact]
    public void The_baseline_is_first_then_defaults_with_each_share_then_random_points()
    {
        var trials = Draw(new TrainSpec { Trials = 12 }, SplitKind.Time);

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
        string Json(ulong seed) => JsonSerializer.Serialize(Draw(new TrainSpec { Seed = seed }, SplitKind.Time), CoreJson.Options);

        Assert.Equal(Json(1), Json(1));
        Assert.NotEqual(Json(1), Json(2));
    }

    [Theory]
    [InlineData(SearchKind.Random)]
    [InlineData(SearchKind.Tpe)]
    [InlineData(SearchKind.Halving)]
    public void Points_lie_in_their_space_and_whole_numbers_are_whole(SearchKind kind)
    {
        var spaces = BuiltInTrainer.All.ToDictionary(t => t.Name, t => t.Space(TaskKind.Binary)!.ToDictionary(p => p.Name));
        foreach (var trial in Searched.All(new TrainSpec { Trials = 99, Search = kind }, BuiltInTrainer.All, trial => trial.Parameters.Values.Sum()).Trials)
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
    [InlineData(SearchKind.Random, 1)]
    [InlineData(SearchKind.Random, 50)]
    [InlineData(SearchKind.Tpe, 1)]
    [InlineData(SearchKind.Tpe, 12)]
    [InlineData(SearchKind.Tpe, 50)]
    [InlineData(SearchKind.Halving, 2)]
    [InlineData(SearchKind.Halving, 30)]
    public void A_search_has_as_many_trials_as_it_says_in_batches_an_instance_can_hold(SearchKind kind, int trials)
    {
        var train = new TrainSpec { Trials = trials, Search = kind };
        var (tried, batches, _) = Searched.All(train, BuiltInTrainer.All, trial => trial.Index % 7);

        Assert.Equal(Make(train, SplitKind.Random).Value.Total, tried.Count);
        Assert.Equal(Enumerable.Range(0, tried.Count), tried.Select(t => t.Index));
        Assert.All(batches, batch => Assert.InRange(batch, 1, 20));
    }

    [Fact]
    public void A_default_search_that_is_no_longer_than_its_start_tries_what_a_random_one_tries()
    {
        string Json(SearchKind kind) => JsonSerializer.Serialize(Searched.All(new TrainSpec { Trials = 10, Search = kind }, BuiltInTrainer.All, t => t.Index).Trials, CoreJson.Options);

        Assert.Equal(SearchKind.Tpe, new TrainSpec().Search);
        Assert.Equal(Json(SearchKind.Random), Json(SearchKind.Tpe));
    }

    [Fact]
    public void A_search_with_a_budget_of_time_goes_on_in_small_batches_until_it_is_stopped()
    {
        var train = new TrainSpec { Budget = TimeSpan.FromMinutes(1) };
        var (tried, batches, _) = Searched.All(train, BuiltInTrainer.All, trial => trial.Index % 7);

        Assert.Null(Make(train, SplitKind.Random).Value.Total);
        Assert.Equal(1 + Search.MaxTrials, tried.Count);
        Assert.All(batches, batch => Assert.InRange(batch, 1, 4));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(201)]
    public void More_trials_than_a_run_may_have_are_refused(int trials) =>
        Assert.Equal("too-many-trials", Make(new TrainSpec { Trials = trials }, SplitKind.Time).Problem!.Code);

    [Fact]
    public void An_unknown_candidate_names_the_nearest() =>
        Assert.Contains("did you mean 'boosted-trees'?", Make(new TrainSpec { Candidates = ["boosted-tree"] }, SplitKind.Time).Problem!.Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("rocAuc", 1)]
    [InlineData("logLoss", 0)]
    public void The_winner_is_best_in_the_metric_s_direction_and_the_earlier_of_two_equals(string metric, int winner) =>
        Assert.Equal(winner, Winner(metric, [0.2, 0.9, 0.9, null, double.NaN, 0.2]));

    [Fact]
    public void Refused_trials_never_win() => Assert.Null(Winner("rocAuc", [null, double.NaN]));

    private static int? Winner(string metric, double?[] values) =>
        Search.Winner(metric, [.. values.Select((_, i) => new TrialPlan(i, "linear", new Dictionary<string, double>()))], values);

    private static IReadOnlyList<TrialPlan> Draw(TrainSpec train, SplitKind split) => Make(train, split).Value.Draw();

    private static Outcome<Search> Make(TrainSpec train, SplitKind split) => Search.Make(train, TaskKind.Binary, "rocAuc", split, 100_000, BuiltInTrainer.All);
}
