using System.Globalization;
using Perennial.Core.Data;
using Perennial.Core.Evaluation;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning.Calibration;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Fits the winner again on training and validation rows, calibrates it where the spec asks for that, and fits candidate zero beside it.</summary>
public sealed class FitStage(PipelineServices services) : Stage(services, StageNames.Fit)
{
    private const int StageVersion = 3;

    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var trials = await StageInputs.Trials(Services, state, cancellationToken);
        var winner = trials[state.Winner!.Value];
        var results = await Services.Content.GetJson<List<TrialResult>>(state.Results!.Value, cancellationToken);
        var facts = results[winner.Index].Facts;
        var calibrate = spec.Train.Calibrate == CalibrationMethod.None ? null : new { spec.Train.Calibrate, spec.Split.Folds, spec.Split.Gap, runtime = StageInputs.RuntimeKey(spec) };
        var reads = new { winner.Trainer, winner.Parameters, rounds = facts.GetValueOrDefault("rounds"), spec.Train.Seed, calibrate, baseline = results[0].Facts, afresh = state.Afresh() };
        var (hash, cached) = await Services.Cache.GetOrMake(StageNames.Fit.Value, StageVersion, reads, [state.Dataset!.Value, state.Plan!.Value, state.Split!.Value], async () =>
        {
            var frame = await Rows(state, cancellationToken);
            var plan = await StageInputs.Plan(Services, state, cancellationToken);
            var split = await StageInputs.Split(Services, state, cancellationToken);
            TrainedModel Fit(TrialPlan trial, IReadOnlyDictionary<string, double> with) =>
                ModelFitting.Refit(StageInputs.Trainer(Services, trial.Trainer), frame, plan, split, trial, with, spec.Train.Seed, cancellationToken);
            var fitted = Fit(winner, facts);
            var baseline = winner.Index == 0 ? fitted : Fit(trials[0], results[0].Facts);
            var calibrated = winner.Index == 0 ? null : Calibrating.Winner(
                StageInputs.Trainer(Services, winner.Trainer), StageInputs.Runtime(Services, spec), frame, plan, Splits.Folds(frame, spec, plan.Task, split), winner, spec.Train, fitted.Onnx, cancellationToken);
            var onnx = await Services.Content.PutBytes(calibrated?.Onnx ?? fitted.Onnx, cancellationToken);
            return await Services.Content.PutJson(new FitResult(onnx, await Services.Content.PutBytes(baseline.Onnx, cancellationToken), fitted.Importance, fitted.Facts)
            {
                Uncalibrated = calibrated?.Onnx is null ? null : await Services.Content.PutBytes(fitted.Onnx, cancellationToken),
                Calibration = calibrated?.Calibration,
            }, cancellationToken);
        }, cancellationToken);
        var rows = await StageInputs.Split(Services, state, cancellationToken);
        var used = RowSplit.Newest(rows.TrainAndValidation(), winner.HistoryShare).Length;
        return new StageResult(state with { Fit = hash }, string.Create(CultureInfo.InvariantCulture, $"{winner.Trainer} fitted on {used:N0} rows"), cached);
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
