using System.Globalization;
using Perennial.Core.Data;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Models;
using Perennial.Learning.Splitting;

namespace Perennial.Core.Training;

/// <summary>Trains trials and refits the winner. Pure functions of rows, plan, trial and seed.</summary>
public static class ModelFitting
{
    // A baseline's parameter and fact: on how many of the newest rows it is fitted.
    private const string NewestRows = "newestRows";

    /// <summary>
    /// Trains on the trial's share of the training rows and measures on the validation rows, fold by fold; the mean counts. A trainer's refusal is a
    /// result without a value. Where rows are in the order of time, the baseline is the better of two: the constant of all rows, and the last value seen.
    /// </summary>
    public static TrialResult Try(
        ITrainer trainer, IModelRuntime runtime, Frame frame, TrainingPlan plan, SplitKind by, IReadOnlyList<Fold> folds, TrialPlan trial, ulong seed, TimeProvider clock, CancellationToken cancellationToken)
    {
        var tried = Try(trainer, runtime, frame, plan, folds, trial, seed, clock, cancellationToken);
        if (trial.Trainer != Search.Baseline || by != SplitKind.Time) return tried;
        var last = trial with { Parameters = new Dictionary<string, double>(trial.Parameters) { [NewestRows] = 1 } };
        var other = Try(trainer, runtime, frame, plan, folds, last, seed, clock, cancellationToken);
        return Search.Winner(plan.Metric, [trial with { Index = 0 }, last with { Index = 1 }], [tried.Value, other.Value]) == 1 ? other : tried;
    }

    private static TrialResult Try(
        ITrainer trainer, IModelRuntime runtime, Frame frame, TrainingPlan plan, IReadOnlyList<Fold> folds, TrialPlan trial, ulong seed, TimeProvider clock, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        double Seconds() => clock.GetElapsedTime(started).TotalSeconds;
        var (values, facts) = (new List<double>(), new List<IReadOnlyDictionary<string, double>>());
        try
        {
            foreach (var fold in folds)
            {
                var (value, told) = Measure(trainer, runtime, frame, plan, fold, trial, seed, cancellationToken);
                if (value is null) return new TrialResult(null, $"{plan.Metric} is not defined on the validation rows{(folds.Count > 1 ? $" of fold {values.Count + 1}" : "")}.", told, Seconds());
                values.Add(value.Value);
                facts.Add(told);
            }
        }
        catch (ActivityFailureException refusal) when (!refusal.Failure.Retryable || refusal.Failure.Code == Failure.NativeLibraryMissing)
        {
            bool? machine = refusal.Failure.Code == Failure.NativeLibraryMissing ? true : null;
            return new TrialResult(null, refusal.Failure.Message, new Dictionary<string, double>(), Seconds()) { OfThisMachine = machine };
        }
        if (folds.Count == 1) return new TrialResult(values[0], Note(facts[0]), facts[0], Seconds());
        var means = Means(facts);
        return new TrialResult(values.Sum() / values.Count, Note(means), means, Seconds(), values);
    }

    private static (double? Value, IReadOnlyDictionary<string, double> Facts) Measure(
        ITrainer trainer, IModelRuntime runtime, Frame frame, TrainingPlan plan, Fold fold, TrialPlan trial, ulong seed, CancellationToken cancellationToken)
    {
        var train = frame.Take(Sampled(RowSplit.Newest(fold.Train, trial.HistoryShare), trial.RowShare, seed));
        var validation = LabelledRows.Take(frame, fold.Validation, plan);
        var trained = trainer.Train(Request(plan, trial.TrainerParameters(), train, validation.Rows, seed, runtime), cancellationToken);
        var scores = runtime.ScoreOnce(trained.Onnx, validation.Rows);
        return (ModelMetrics.ComputeOne(plan.Metric, plan.Task, validation.Labels, scores, validation.Weights), trained.Facts);
    }

    /// <summary>A share of rows at random, in their order; a larger share holds all rows of a smaller one.</summary>
    internal static int[] Sampled(int[] rows, double? share, ulong seed)
    {
        if (share is not { } part) return rows;
        var count = Math.Clamp((int)Math.Round(rows.Length * part), 1, rows.Length);
        var kept = Enumerable.Range(0, rows.Length).OrderBy(at => Splits.Draw(seed, rows[at])).ThenBy(at => at).Take(count).Order();
        return [.. kept.Select(at => rows[at])];
    }

    private static Dictionary<string, double> Means(List<IReadOnlyDictionary<string, double>> facts) =>
        facts[0].Keys.Where(name => facts.All(fold => fold.ContainsKey(name))).ToDictionary(name => name, name => facts.Sum(fold => fold[name]) / facts.Count, StringComparer.Ordinal);

    /// <summary>
    /// What the trial's models, trained as in the search, say of the validation rows, fold after fold; null where the trainer refuses or there are
    /// no such rows. No model was fitted on their labels, but the same rows stopped it early and chose it as the winner: its scores of
    /// them are somewhat better than of rows that had no say, and so is what is fitted on them. The test rows, which judge, are not among them.
    /// </summary>
    public static (double[] Labels, double[] Weights, Scores Scores)? OnValidation(
        ITrainer trainer, IModelRuntime runtime, Frame frame, TrainingPlan plan, IReadOnlyList<Fold> folds, TrialPlan trial, ulong seed, CancellationToken cancellationToken)
    {
        if (folds.Any(fold => fold.Validation.Length == 0)) return null;
        var (labels, weights, scores) = (new List<double>(), new List<double>(), new List<Scores>());
        try
        {
            foreach (var fold in folds)
            {
                var train = frame.Take(RowSplit.Newest(fold.Train, trial.HistoryShare));
                var validation = LabelledRows.Take(frame, fold.Validation, plan);
                var trained = trainer.Train(Request(plan, trial.TrainerParameters(), train, validation.Rows, seed, runtime), cancellationToken);
                scores.Add(runtime.ScoreOnce(trained.Onnx, validation.Rows));
                labels.AddRange(validation.Labels);
                weights.AddRange(validation.Weights);
            }
        }
        catch (ActivityFailureException refusal) when (!refusal.Failure.Retryable)
        {
            return null;
        }
        return ([.. labels], [.. weights], new Scores(scores[0].Outputs, [.. scores.SelectMany(s => s.Values)]));
    }

    /// <summary>
    /// Fits the winner again on its share of training and validation rows. There is nothing left to stop early on, so the number of rounds
    /// is the one its trial found best, or the mean over its folds.
    /// </summary>
    public static TrainedModel Refit(
        ITrainer trainer, IModelRuntime runtime, Frame frame, TrainingPlan plan, RowSplit split, TrialPlan trial, IReadOnlyDictionary<string, double> trialFacts, ulong seed, CancellationToken cancellationToken)
    {
        var parameters = new SortedDictionary<string, double>(trial.TrainerParameters().ToDictionary(), StringComparer.Ordinal);
        if (trialFacts.TryGetValue("rounds", out var rounds) && rounds > 0) parameters["rounds"] = Math.Max(1, Math.Round(rounds));
        if (trialFacts.TryGetValue(NewestRows, out var newest)) parameters[NewestRows] = newest;
        var train = frame.Take(RowSplit.Newest(split.TrainAndValidation(), trial.HistoryShare));
        return trainer.Train(Request(plan, parameters, train, null, seed, runtime), cancellationToken);
    }

    private static TrainingRequest Request(TrainingPlan plan, IReadOnlyDictionary<string, double> parameters, Frame train, Frame? validation, ulong seed, IModelRuntime runtime)
    {
        // Only what the plan allows is handed on: a trainer cannot read a column that it does not get.
        string[] columns = [.. plan.Features, plan.Label, .. plan.Weight is { } weight ? [weight] : Array.Empty<string>()];
        return new TrainingRequest(plan.Task, train.Select(columns), validation?.Select(columns), plan.Label, plan.Classes, plan.Weight, plan.Features, parameters, seed) { Runtime = runtime };
    }

    private static string? Note(IReadOnlyDictionary<string, double> facts) => facts.Count == 0 ? null
        : string.Join(", ", facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Key} {f.Value:G5}")));
}
