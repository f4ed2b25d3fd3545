using Perennial.Core.Data;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Runs one trial. Trials run side by side and in any order.</summary>
public sealed class TrialActivity(PipelineServices services) : IActivity<TrialCall, ContentHash>
{
    private const int StageVersion = 3;

    /// <inheritdoc/>
    public async Task<ContentHash> Run(TrialCall input, ActivityContext context, CancellationToken cancellationToken)
    {
        var state = input.State;
        var spec = await StageInputs.Spec(services, state, cancellationToken);
        var trial = (await StageInputs.Trials(services, state, cancellationToken))[input.Index];
        var plan = await StageInputs.Plan(services, state, cancellationToken);
        var reads = new { trial.Trainer, trial.Parameters, trial.RowShare, spec.Train.Seed, spec.Split.Folds, spec.Split.Gap, afresh = state.Afresh(), runtime = StageInputs.RuntimeKey(spec) };
        var (hash, _) = await services.Cache.GetOrMake(StageNames.Trial.Value, StageVersion, reads, [state.Dataset!.Value, state.Plan!.Value, state.Split!.Value], async () =>
        {
            var frame = await services.Datasets.Read(await StageInputs.Dataset(services, state, cancellationToken), cancellationToken);
            var split = await StageInputs.Split(services, state, cancellationToken);
            var folds = Splits.Folds(frame, spec, plan.Task, split);
            var made = ModelFitting.Try(StageInputs.Trainer(services, trial.Trainer), StageInputs.Runtime(services, spec), frame, plan, split.By, folds, trial, spec.Train.Seed, services.WallClock, cancellationToken);
            return (await services.Content.PutJson(made, cancellationToken), made.OfThisMachine is null);
        }, cancellationToken);
        var result = await services.Content.GetJson<TrialResult>(hash, cancellationToken);
        var told = new TrialRecord(trial.Index, trial.Trainer, trial.Parameters, plan.Metric, result.Value, result.Note, result.Seconds, trial.Rung, trial.RowShare, trial.PromotedFrom, result.Folds);
        await services.Journal.Update(state.Run, (record, details) =>
        {
            TrialRecord[] trials = [.. details.Trials.Where(t => t.Index != told.Index).Append(told).OrderBy(t => t.Index)];
            return (RunJournal.WithStage(record, StageNames.Search.Value, s => s with { Done = trials.Length }), details with { Trials = trials });
        }, cancellationToken);
        return hash;
    }
}
