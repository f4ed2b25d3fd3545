using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning.Frames;
using Perennial.Learning.Splitting;

namespace Perennial.Learning.Bench.Parts;

/// <summary>A search as a run makes it, without the orchestration: batch after batch, then the winner fitted on all rows that chose.</summary>
internal static class TrialRun
{
    private static readonly ManagedRuntime Runtime = new();

    /// <summary>Searches and fits; the trials of a batch run side by side, as on a host.</summary>
    /// <param name="frame">The rows, none of which is a test row.</param>
    /// <param name="spec">What is tried.</param>
    /// <param name="plan">What is trained.</param>
    /// <param name="split">Which rows train and which choose.</param>
    /// <param name="threads">How many trials run side by side.</param>
    public static TrainedModel Fit(Frame frame, ModelSpec spec, TrainingPlan plan, RowSplit split, int threads)
    {
        var search = Search.Make(spec.Train, plan.Task, plan.Metric, split.By, split.Train.Length, BuiltInTrainer.All).Value;
        var folds = Splits.Folds(frame, spec, plan.Task, split);
        var (trials, results) = (new List<TrialPlan>(), new List<TrialResult>());
        while (search.Next(trials, results) is { Count: > 0 } batch)
        {
            var made = new TrialResult[batch.Count];
            Parallel.For(0, batch.Count, new ParallelOptions { MaxDegreeOfParallelism = threads },
                i => made[i] = ModelFitting.Try(Trainer(batch[i]), Runtime, frame, plan, split.By, folds, batch[i], spec.Train.Seed, TimeProvider.System, default));
            trials.AddRange(batch);
            results.AddRange(made);
        }
        var winner = Search.Winner(plan.Metric, trials, [.. results.Select(result => result.Value)])!.Value;
        return ModelFitting.Refit(Trainer(trials[winner]), Runtime, frame, plan, split, trials[winner], results[winner].Facts, spec.Train.Seed, default);
    }

    /// <summary>A seventh of the rows chooses, by class where there are classes.</summary>
    public static RowSplit Seventh(Frame frame, TrainingPlan plan, ulong seed)
    {
        var all = Enumerable.Range(0, frame.RowCount).ToArray();
        var fold = plan.Task == TaskKind.Regression
            ? CrossValidation.KFold(all.Length, 7, seed)[0]
            : CrossValidation.Stratified([.. all.Select(row => plan.Classes.ToList().IndexOf(frame[plan.Label].Format(row)!))], 7, seed)[0];
        return new RowSplit(SplitKind.Random, fold.Train, fold.Validation, []);
    }

    public static LabelledRows Labelled(Frame frame, TrainingPlan plan) => LabelledRows.Take(frame, [.. Enumerable.Range(0, frame.RowCount)], plan);

    public static Learning.Models.Scores Score(TrainedModel model, Frame rows) => Runtime.Load(model.Onnx).Score(rows);

    private static BuiltInTrainer Trainer(TrialPlan trial) => new(trial.Trainer);
}
