using System.Text.Json;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.Core.Tests.Training.Tuning;

public class TreeParzenSearchTests
{
    private static readonly ITrainer[] Trainers =
    [
        new FakeTrainer("good", new SearchParameter("rate", 0.01, 1, 0.5, Logarithmic: true), new SearchParameter("leaves", 2, 200, 100, Logarithmic: true, Integer: true), new SearchParameter("share", 0, 1, 1)),
        new FakeTrainer("poor", new SearchParameter("l2", 1e-4, 10, 1, Logarithmic: true)),
    ];

    [Fact]
    public void It_finds_better_points_than_a_random_search_of_as_many_trials()
    {
        double Best(SearchKind kind, ulong seed) => Run(kind, seed).Results.Skip(1).Max(result => result.Value!.Value);
        var seeds = Enumerable.Range(1, 30).Select(seed => (ulong)seed).ToArray();
        var gains = seeds.Select(seed => Best(SearchKind.Tpe, seed) - Best(SearchKind.Random, seed)).ToArray();

        // The best value there is is 0. Most seeds gain, and the mean loss is at least halved.
        Assert.True(gains.Count(gain => gain > 0) >= 20, $"Better for {gains.Count(gain => gain > 0)} of 30 seeds.");
        Assert.True(seeds.Average(seed => Best(SearchKind.Tpe, seed)) > seeds.Average(seed => Best(SearchKind.Random, seed)) / 2);
    }

    [Fact]
    public void What_is_proposed_turns_to_the_better_candidate()
    {
        var proposed = Run(SearchKind.Tpe, 5).Trials.Skip(11).ToArray();

        Assert.True(proposed.Count(trial => trial.Trainer == "good") > 0.8 * proposed.Length);
    }

    [Fact]
    public void Results_decide_and_nothing_else()
    {
        string Json(ulong seed, double sign) => JsonSerializer.Serialize(
            Searched.All(Spec(SearchKind.Tpe, seed), Trainers, trial => sign * Value(trial)).Trials, CoreJson.Options);

        Assert.Equal(Json(1, 1), Json(1, 1));
        Assert.NotEqual(Json(1, 1), Json(1, -1));
        Assert.NotEqual(Json(1, 1), Json(2, 1));
    }

    [Fact]
    public void A_search_goes_on_where_it_was_broken_off()
    {
        var (trials, _, results) = Run(SearchKind.Tpe, 1);
        var search = Search.Make(Spec(SearchKind.Tpe, 1), Learning.TaskKind.Binary, "rocAuc", SplitKind.Random, 1000, Trainers).Value;
        var next = search.Next([.. trials.Take(19)], [.. results.Take(19)]);

        Assert.Equal(JsonSerializer.Serialize(trials.Skip(19).Take(4), CoreJson.Options), JsonSerializer.Serialize(next, CoreJson.Options));
    }

    [Fact]
    public void Trials_of_one_batch_differ_and_refused_ones_do_not_stop_it()
    {
        var trials = Searched.All(Spec(SearchKind.Tpe, 3), Trainers, trial => trial.Index % 2 == 0 ? null : Value(trial)).Trials;

        Assert.Equal(61, trials.Count);
        Assert.Equal(trials.Count, trials.Select(trial => JsonSerializer.Serialize(trial.Parameters)).Distinct().Count());
    }

    private static (List<TrialPlan> Trials, List<int> Batches, List<TrialResult> Results) Run(SearchKind kind, ulong seed) =>
        Searched.All(Spec(kind, seed), Trainers, trial => Value(trial));

    private static TrainSpec Spec(SearchKind kind, ulong seed) => new() { Candidates = ["good", "poor"], Trials = 60, Search = kind, Seed = seed };

    private static double Value(TrialPlan trial)
    {
        if (trial.Trainer == "poor") return -2 - Math.Abs(Math.Log10(trial.Parameters["l2"]));
        double Square(double x) => x * x;
        return -Square(Math.Log10(trial.Parameters["rate"]) + 1.5) - Square(Math.Log10(trial.Parameters["leaves"]) - 1.2) - Square(2 * (trial.Parameters["share"] - 0.3));
    }
}
