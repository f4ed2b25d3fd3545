using System.Globalization;
using Perennial.Core.Data;
using Perennial.Core.Evaluation;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning.Calibration;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>
/// Fits the winner again on training and validation rows, calibrates it where the spec asks for that, and fits candidate zero beside it. A
/// winner that its trainer refuses on more rows than it was tried on gives way to the next best, and the run's record says why.
/// </summary>
public sealed class FitStage(PipelineServices services) : Stage(services, StageNames.Fit)
{
    private const int StageVersion = 3;

    // A trainer that refuses one winner may refuse its other trials as well; a search of a hundred is not gone through for that.
    private const int MostFits = 5;

    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var trials = await StageInputs.Trials(Services, state, cancellationToken);
        var results = await Services.Content.GetJson<List<TrialResult>>(state.Results!.Value, cancellationToken);
        var plan = await StageInputs.Plan(Services, state, cancellationToken);
        var ranked = Search.Ranked(plan.Metric, trials, [.. results.Select(r => r.Value)]);
        var refused = new List<(TrialPlan Trial, ActivityFailureException Refusal)>();
        // What is no better than the baseline is not worth going on to.
        foreach (var winner in ranked.TakeWhile((trial, place) => place == 0 || trial != 0).Take(MostFits).Select(index => trials[index]))
        {
            try
            {
                var (hash, cached) = await Fit(state, spec, trials, results, winner, cancellationToken);
                if (refused.Count > 0) await Note(state, results, refused, winner, cancellationToken);
                var rows = await StageInputs.Split(Services, state, cancellationToken);
                var used = RowSplit.Newest(rows.TrainAndValidation(), winner.HistoryShare).Length;
                var over = string.Concat(refused.Select(r => $"; trial {r.Trial.Index}, {r.Trial.Trainer}, was better and is passed over: {r.Refusal.Message}"));
                return new StageResult(state with { Fit = hash, Winner = winner.Index }, string.Create(CultureInfo.InvariantCulture, $"{winner.Trainer} fitted on {used:N0} rows{over}"), cached);
            }
            catch (RefusedWinnerException exception)
            {
                refused.Add((winner, exception.Refusal));
            }
        }
        throw refused[0].Refusal;
    }

    private Task<(ContentHash Fit, bool Cached)> Fit(
        RunState state, ModelSpec spec, List<TrialPlan> trials, List<TrialResult> results, TrialPlan winner, CancellationToken cancellationToken)
    {
        var facts = results[winner.Index].Facts;
        var calibrate = spec.Train.Calibrate == CalibrationMethod.None ? null : new { spec.Train.Calibrate, spec.Split.Folds, spec.Split.Gap, runtime = StageInputs.RuntimeKey(spec) };
        var reads = new
        {
            winner.Trainer,
            winner.Parameters,
            rounds = facts.GetValueOrDefault("rounds"),
            spec.Train.Seed,
            calibrate,
            baseline = results[0].Facts,
            afresh = state.Afresh(),
            runtime = StageInputs.RuntimeKey(spec),
        };
        return Services.Cache.GetOrMake(StageNames.Fit.Value, StageVersion, reads, [state.Dataset!.Value, state.Plan!.Value, state.Split!.Value], async () =>
        {
            var frame = await Rows(state, cancellationToken);
            var plan = await StageInputs.Plan(Services, state, cancellationToken);
            var split = await StageInputs.Split(Services, state, cancellationToken);
            var (trainer, runtime) = (StageInputs.Trainer(Services, winner.Trainer), StageInputs.Runtime(Services, spec));
            var fitted = Refit(() => ModelFitting.Refit(trainer, runtime, frame, plan, split, winner, facts, spec.Train.Seed, cancellationToken));
            var baseline = winner.Index == 0 ? fitted
                : ModelFitting.Refit(StageInputs.Trainer(Services, trials[0].Trainer), runtime, frame, plan, split, trials[0], results[0].Facts, spec.Train.Seed, cancellationToken);
            var calibrated = winner.Index == 0 ? null
                : Calibrating.Winner(trainer, runtime, frame, plan, Splits.Folds(frame, spec, plan.Task, split), winner, spec.Train, fitted.Onnx, cancellationToken);
            var onnx = await Services.Content.PutBytes(calibrated?.Onnx ?? fitted.Onnx, cancellationToken);
            return await Services.Content.PutJson(new FitResult(onnx, await Services.Content.PutBytes(baseline.Onnx, cancellationToken), fitted.Importance, fitted.Facts)
            {
                Uncalibrated = calibrated?.Onnx is null ? null : await Services.Content.PutBytes(fitted.Onnx, cancellationToken),
                Calibration = calibrated?.Calibration,
            }, cancellationToken);
        }, cancellationToken);
    }

    private Task Note(
        RunState state, List<TrialResult> results, List<(TrialPlan Trial, ActivityFailureException Refusal)> refused, TrialPlan winner, CancellationToken cancellationToken)
    {
        TrialRecord Told(TrialRecord trial) => refused.Find(r => r.Trial.Index == trial.Index).Refusal is not { } refusal ? trial
            : trial with { Note = string.Join(". ", new[] { results[trial.Index].Note, $"Passed over, as it was refused on training and validation rows: {refusal.Message}" }.OfType<string>()) };
        return Services.Journal.Update(state.Run, (record, details) => (record, details with { Winner = winner.Index, Trials = [.. details.Trials.Select(Told)] }), cancellationToken);
    }

    // Only what the winner's trainer says of the winner is a reason to go on to another; a failure that may pass is none.
    private static TrainedModel Refit(Func<TrainedModel> fit)
    {
        try
        {
            return fit();
        }
        catch (ActivityFailureException refusal) when (!refusal.Failure.Retryable)
        {
            throw new RefusedWinnerException(refusal);
        }
    }

    private sealed class RefusedWinnerException(ActivityFailureException refusal) : Exception(refusal.Message, refusal)
    {
        public ActivityFailureException Refusal => refusal;
    }
}

/// <summary>The winner, fitted; content.</summary>
/// <param name="Onnx">Its graph.</param>
/// <param name="Baseline">Candidate zero's graph, fitted on all the same rows.</param>
/// <param name="Importance">Share of the gain by raw column.</param>
/// <param name="Facts">What the trainer told.</param>
public sealed record FitResult(ContentHash Onnx, ContentHash Baseline, IReadOnlyDictionary<string, double> Importance, IReadOnlyDictionary<string, double> Facts)
{
    /// <summary>Its graph without the calibration; null where it has none.</summary>
    public ContentHash? Uncalibrated { get; init; }

    /// <summary>How it was calibrated, or why not; null where the spec does not ask for it.</summary>
    public FittedCalibration? Calibration { get; init; }
}
