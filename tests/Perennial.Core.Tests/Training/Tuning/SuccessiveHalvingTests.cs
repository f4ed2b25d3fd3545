using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Training;
using Perennial.Core.Training.Tuning;

namespace Perennial.Core.Tests.Training.Tuning;

public class SuccessiveHalvingTests
{
    [Theory]
    [InlineData(2, 1_000_000, 1)]
    [InlineData(27, 1_000_000, 4)]
    [InlineData(27, 4_500, 3)]
    [InlineData(100, 1_000, 1)]
    public void There_are_as_many_rungs_as_trials_and_rows_allow(int trials, int rows, int rungs) => Assert.Equal(rungs, SuccessiveHalving.Rungs(trials, rows));

    [Fact]
    public void The_best_third_of_a_rung_goes_on_with_three_times_the_rows()
    {
        var (trials, _, results) = Searched.All(Spec(27), BuiltInTrainer.All, trial => trial.Index * 7919 % 101, rows: 5_000);
        var rungs = trials.Skip(1).GroupBy(trial => trial.Rung!.Value).OrderBy(rung => rung.Key).Select(rung => rung.ToArray()).ToArray();

        Assert.Equal([27, 9, 3], rungs.Select(rung => rung.Length));
        Assert.Equal([1 / 9.0, 1 / 3.0, 1], rungs.Select(rung => rung[0].RowShare ?? 1), (a, b) => Math.Abs(a - b) < 1e-12);
        for (var rung = 1; rung < rungs.Length; rung++)
        {
            var best = rungs[rung - 1].OrderByDescending(trial => results[trial.Index].Value).Take(rungs[rung].Length).Select(trial => trial.Index).Order();
            Assert.Equal(best, rungs[rung].Select(trial => trial.PromotedFrom!.Value));
            Assert.All(rungs[rung], trial => Assert.Equal(trials[trial.PromotedFrom!.Value].Parameters, trial.Parameters));
        }
    }

    [Fact]
    public void A_trial_on_few_rows_never_wins()
    {
        var (trials, _, results) = Searched.All(Spec(9), BuiltInTrainer.All, trial => trial.RowShare is null ? 0.6 : 0.9);
        var winner = Search.Winner("rocAuc", trials, [.. results.Select(result => result.Value)])!.Value;

        Assert.Null(trials[winner].RowShare);
        Assert.Equal(2, trials[winner].Rung);
    }

    [Fact]
    public void Refused_trials_do_not_go_on()
    {
        var (trials, _, _) = Searched.All(Spec(9), BuiltInTrainer.All, trial => trial.Rung == 0 && trial.Index != 4 ? null : 0.7);

        Assert.Equal([4, 10], trials.Where(trial => trial.PromotedFrom is not null).Select(trial => trial.PromotedFrom!.Value));
    }

    [Fact]
    public void A_larger_share_of_rows_holds_the_smaller_one_in_order()
    {
        int[] rows = [.. Enumerable.Range(0, 900).Select(row => row * 3)];
        var (few, more) = (ModelFitting.Sampled(rows, 1 / 9.0, 1), ModelFitting.Sampled(rows, 1 / 3.0, 1));

        Assert.Equal((100, 300), (few.Length, more.Length));
        Assert.Empty(few.Except(more));
        Assert.Equal(more.Order(), more);
        Assert.NotEqual(few, ModelFitting.Sampled(rows, 1 / 9.0, 2));
    }

    private static TrainSpec Spec(int trials) => new() { Trials = trials, Search = SearchKind.Halving };
}
