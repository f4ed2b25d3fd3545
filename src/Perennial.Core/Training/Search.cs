using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Learning;
using Perennial.Learning.Metrics;
using Perennial.Learning.Numerics;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Training;

/// <summary>Decides all trials of a search up front, so that they can run in any order and a repeated run tries the same.</summary>
public static class Search
{
    /// <summary>The name of candidate zero.</summary>
    public const string Baseline = "baseline";

    /// <summary>The most trials beside the baseline: a run's instance has at most 100 children.</summary>
    public const int MaxTrials = 99;

    /// <summary>
    /// Trial 0 is the baseline; then every candidate's defaults with each share of history, the spec's order; then random points of the
    /// candidates' spaces, drawn from the spec's seed, the candidate in proportion to the dimensions of its space.
    /// </summary>
    public static Outcome<IReadOnlyList<TrialPlan>> Plan(TrainSpec train, TaskKind task, SplitKind split, IReadOnlyList<ITrainer> trainers)
    {
        if (train.Trials is < 1 or > MaxTrials)
            return Problem.Invalid("too-many-trials", $"train.trials is {train.Trials}; a run has 1 to {MaxTrials} trials beside the baseline.", [new Fault("train.trials", $"Set it to a number from 1 to {MaxTrials}.")]);
        var spaces = new List<(string Name, IReadOnlyList<SearchParameter> Space)>();
        foreach (var name in train.Candidates.Where(c => c != Baseline).Distinct(StringComparer.Ordinal))
        {
            if (trainers.FirstOrDefault(t => t.Name == name) is not { } trainer)
                return Problem.Invalid("candidate-unknown", $"There is no trainer '{name}'{NearestName.Clause(name, trainers.Select(t => t.Name))}. This host has: {string.Join(", ", trainers.Select(t => t.Name))}.", [new Fault("train.candidates", $"'{name}' is unknown.")]);
            if (trainer.Space(task) is { } space) spaces.Add((name, space));
        }
        // Without an order in time no row is newer than another.
        double?[] shares = split != SplitKind.Time ? [null] : train.History.Count == 0 ? [1] : [.. train.History.Distinct().Select(s => (double?)s)];
        return Draw(train, spaces, shares);
    }

    /// <summary>The best trial on the validation rows, the earlier one where two are equal; null when every trial was refused.</summary>
    public static int? Winner(string metric, IReadOnlyList<double?> values)
    {
        var higher = MetricCatalog.Find(metric)?.HigherIsBetter ?? true;
        int? best = null;
        for (var i = 0; i < values.Count; i++)
        {
            if (values[i] is not { } value || double.IsNaN(value)) continue;
            if (best is null || (higher ? value > values[best.Value] : value < values[best.Value])) best = i;
        }
        return best;
    }

    private static List<TrialPlan> Draw(TrainSpec train, List<(string Name, IReadOnlyList<SearchParameter> Space)> spaces, double?[] shares)
    {
        var trials = new List<TrialPlan> { new(0, Baseline, new SortedDictionary<string, double>(StringComparer.Ordinal)) };
        foreach (var share in shares)
            foreach (var (name, space) in spaces)
                if (trials.Count <= train.Trials) trials.Add(Trial(trials.Count, name, space.Select(p => (p.Name, p.Default)), share));
        var random = new Xoshiro256(train.Seed);
        var dimensions = spaces.Sum(s => s.Space.Count);
        while (trials.Count <= train.Trials && dimensions > 0)
        {
            var at = random.Next(dimensions);
            var (name, space) = spaces.First(s => (at -= s.Space.Count) < 0);
            var share = shares[random.Next(shares.Length)];
            trials.Add(Trial(trials.Count, name, space.Select(p => (p.Name, Point(p, random))), share));
        }
        return trials;
    }

    private static TrialPlan Trial(int index, string trainer, IEnumerable<(string Name, double Value)> point, double? share)
    {
        var parameters = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in point) parameters[name] = value;
        if (share is { } newest) parameters[TrialPlan.History] = newest;
        return new TrialPlan(index, trainer, parameters);
    }

    private static double Point(SearchParameter parameter, Xoshiro256 random)
    {
        var u = random.NextDouble();
        var value = parameter.Logarithmic
            ? DeterministicMath.Exp(DeterministicMath.Log(parameter.Low) + (u * (DeterministicMath.Log(parameter.High) - DeterministicMath.Log(parameter.Low))))
            : parameter.Low + (u * (parameter.High - parameter.Low));
        return Math.Clamp(parameter.Integer ? Math.Round(value) : Significant(value), parameter.Low, parameter.High);
    }

    /// <summary>Four significant digits: more say nothing, and fewer are easier to read and to type.</summary>
    private static double Significant(double value) =>
        double.Parse(value.ToString("G4", System.Globalization.CultureInfo.InvariantCulture), System.Globalization.CultureInfo.InvariantCulture);
}
