using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training.Tuning;
using Perennial.Learning;
using Perennial.Learning.Metrics;
using Perennial.Learning.Randomness;

namespace Perennial.Core.Training;

/// <summary>
/// Decides what is tried, a batch at a time, each from the results of all batches before it in the order of their trials: never from which
/// trial ended first. So a repeated run tries the same.
/// </summary>
public sealed class Search
{
    /// <summary>The name of candidate zero.</summary>
    public const string Baseline = "baseline";

    /// <summary>The most trials beside the baseline.</summary>
    public const int MaxTrials = 200;

    /// <summary>The most trials a batch, where none of them depends on another.</summary>
    public const int MostAtOnce = 20;

    // Few enough that the last one of a batch holds up little; a search with a budget of time looks at the clock between batches.
    private const int Batch = 4;

    private readonly TrainSpec _train;
    private readonly string _metric;
    private readonly SearchSpace _space;
    private readonly int _rungs;

    private Search(TrainSpec train, string metric, SearchSpace space, int trainingRows)
    {
        (_train, _metric, _space) = (train, metric, space);
        _rungs = train.Search == SearchKind.Halving ? SuccessiveHalving.Rungs(Trials, trainingRows) : 1;
    }

    /// <summary>How many trials there will be, the baseline and promotions included; null where time decides.</summary>
    public int? Total => _train.Budget is not null ? null
        : _space.Dimensions == 0 ? 1 + Math.Min(Trials, _space.Defaults().Count())
        : 1 + SuccessiveHalving.Total(Trials, _rungs);

    private int Trials => _train.Budget is null ? _train.Trials : MaxTrials;

    /// <summary>The search that a spec asks for, or why it cannot be made.</summary>
    /// <param name="train">What the spec says of training.</param>
    /// <param name="task">The task.</param>
    /// <param name="metric">The metric that decides.</param>
    /// <param name="split">How rows are split.</param>
    /// <param name="trainingRows">How many rows a trial trains on: rungs are made of them.</param>
    /// <param name="trainers">The trainers that the host has.</param>
    public static Outcome<Search> Make(TrainSpec train, TaskKind task, string metric, SplitKind split, int trainingRows, IReadOnlyList<ITrainer> trainers)
    {
        if (train.Trials is < 1 or > MaxTrials)
            return Problem.Invalid("too-many-trials", $"train.trials is {train.Trials}; a run has 1 to {MaxTrials} trials beside the baseline.", [new Fault("train.trials", $"Set it to a number from 1 to {MaxTrials}.")]);
        var candidates = new List<CandidateSpace>();
        foreach (var name in train.Candidates.Where(c => c != Baseline).Distinct(StringComparer.Ordinal))
        {
            if (trainers.FirstOrDefault(t => t.Name == name) is not { } trainer)
                return Problem.Invalid("candidate-unknown", $"There is no trainer '{name}'{NearestName.Clause(name, trainers.Select(t => t.Name))}. This host has: {string.Join(", ", trainers.Select(t => t.Name))}.", [new Fault("train.candidates", $"'{name}' is unknown.")]);
            if (trainer.Space(task) is { } parameters) candidates.Add(new CandidateSpace(name, parameters));
        }
        // Without an order in time no row is newer than another.
        double?[] shares = split != SplitKind.Time ? [null] : train.History.Count == 0 ? [1] : [.. train.History.Distinct().Select(s => (double?)s)];
        return new Search(train, metric, new SearchSpace(candidates, shares), trainingRows);
    }

    /// <summary>
    /// All trials of a random search: trial 0 is the baseline; then every candidate's defaults with each share of history, the spec's order;
    /// then random points of the candidates' spaces, drawn from the spec's seed, the candidate in proportion to the dimensions of its space.
    /// </summary>
    public IReadOnlyList<TrialPlan> Draw() => Draw(1 + Trials);

    /// <summary>The next batch; empty when the search is over.</summary>
    /// <param name="trials">All trials so far, by index.</param>
    /// <param name="results">What each of them gave.</param>
    public IReadOnlyList<TrialPlan> Next(IReadOnlyList<TrialPlan> trials, IReadOnlyList<TrialResult> results) => _train.Search switch
    {
        SearchKind.Random => Slice(Draw(), trials.Count),
        SearchKind.Tpe => Adapted(trials, results),
        SearchKind.Halving => Halved(trials, results),
        _ => throw new ArgumentOutOfRangeException(nameof(results), _train.Search, "There is no such search."),
    };

    /// <summary>The best trial on all training rows, the earlier one where two are equal; null when every one of them was refused.</summary>
    public static int? Winner(string metric, IReadOnlyList<TrialPlan> trials, IReadOnlyList<double?> values) => Ranked(metric, trials, values) is [var best, ..] ? best : null;

    /// <summary>The trials on all training rows that were not refused, from the best to the worst, the earlier one first where two are equal.</summary>
    public static IReadOnlyList<int> Ranked(string metric, IReadOnlyList<TrialPlan> trials, IReadOnlyList<double?> values) =>
        Order(metric, [.. trials.Where(trial => trial.RowShare is null).Select(trial => trial.Index)], values, refused: false);

    private List<TrialPlan> Adapted(IReadOnlyList<TrialPlan> trials, IReadOnlyList<TrialResult> results)
    {
        var start = Draw(1 + Math.Min(Trials, Math.Max(TreeParzenSearch.Start, _space.Defaults().Count())));
        if (trials.Count < start.Count) return Slice(start, trials.Count);
        var count = _space.Dimensions == 0 ? 0 : Math.Min(Batch, 1 + Trials - trials.Count);
        var ranked = Order(_metric, [.. trials.Skip(1).Select(trial => trial.Index)], [.. results.Select(r => r.Value)], refused: true);
        return [.. TreeParzenSearch.Propose(_space, [.. ranked.Select(i => trials[i])], trials.Count, Math.Max(0, count), _train.Seed)];
    }

    private List<TrialPlan> Halved(IReadOnlyList<TrialPlan> trials, IReadOnlyList<TrialResult> results)
    {
        List<TrialPlan> all = [.. Draw().Select(trial => trial.Index == 0 || _rungs == 1 ? trial : trial with { Rung = 0, RowShare = SuccessiveHalving.Share(0, _rungs) })];
        var rung = all.Skip(1).ToList();
        for (var next = 1; next < _rungs && trials.Count >= all.Count && rung.Count > 0; next++)
        {
            var best = Order(_metric, [.. rung.Select(trial => trial.Index)], [.. results.Select(r => r.Value)], refused: false).Take(SuccessiveHalving.Promoted(rung.Count));
            rung = [.. best.Order().Select((from, i) => trials[from] with { Index = all.Count + i, Rung = next, RowShare = SuccessiveHalving.Share(next, _rungs), PromotedFrom = from })];
            all.AddRange(rung);
        }
        return Slice(all, trials.Count);
    }

    private List<TrialPlan> Slice(IReadOnlyList<TrialPlan> all, int from) =>
        [.. all.Skip(from).Take(_train.Budget is not null ? Batch : MostAtOnce)];

    private List<TrialPlan> Draw(int count)
    {
        var trials = new List<TrialPlan> { new(0, Baseline, new SortedDictionary<string, double>(StringComparer.Ordinal)) };
        foreach (var (candidate, share) in _space.Defaults())
            if (trials.Count < count) trials.Add(candidate.Defaults(trials.Count, share));
        var random = new Xoshiro256(_train.Seed);
        while (trials.Count < count && _space.Dimensions > 0) trials.Add(_space.Random(trials.Count, random));
        return trials;
    }

    /// <summary>Trials from the best to the worst, the earlier one first where two are equal; refused ones last or not at all.</summary>
    private static List<int> Order(string metric, IReadOnlyList<int> trials, IReadOnlyList<double?> values, bool refused)
    {
        var sign = MetricCatalog.Find(metric)?.HigherIsBetter ?? true ? -1 : 1;
        bool Counts(int trial) => values[trial] is { } value && !double.IsNaN(value);
        return [.. trials.Where(Counts).OrderBy(trial => sign * values[trial]!.Value).ThenBy(trial => trial), .. refused ? trials.Where(trial => !Counts(trial)) : []];
    }
}
