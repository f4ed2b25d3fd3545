using System.Globalization;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Decides all trials; the stage stays open until they are run and one is chosen.</summary>
public sealed class SearchStage(PipelineServices services) : Stage(services, StageNames.Search)
{
    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var plan = await StageInputs.Plan(Services, state, cancellationToken);
        var split = await StageInputs.Split(Services, state, cancellationToken);
        var trials = StageInputs.Expect(Search.Plan(spec.Train, plan.Task, split.By, Services.Trainers));
        await Services.Journal.Update(state.Run, (record, details) => (
            RunJournal.WithStage(record, StageNames.Search.Value, s => s with { Done = 0, Total = trials.Count }),
            details with { Trials = [], Winner = null }), cancellationToken);
        return new StageResult(state with { Trials = await Services.Content.PutJson(trials, cancellationToken), TrialCount = trials.Count }, $"{trials.Count} trials", Open: true);
    }
}

/// <summary>Runs one trial. Trials run side by side and in any order.</summary>
public sealed class TrialActivity(PipelineServices services) : IActivity<TrialCall, ContentHash>
{
    private const int StageVersion = 1;

    /// <inheritdoc/>
    public async Task<ContentHash> Run(TrialCall input, ActivityContext context, CancellationToken cancellationToken)
    {
        var state = input.State;
        var spec = await StageInputs.Spec(services, state, cancellationToken);
        var trial = (await StageInputs.Trials(services, state, cancellationToken))[input.Index];
        var plan = await StageInputs.Plan(services, state, cancellationToken);
        var reads = new { trial.Trainer, trial.Parameters, spec.Train.Seed };
        var (hash, _) = await services.Cache.GetOrMake(StageNames.Trial.Value, StageVersion, reads, [state.Dataset!.Value, state.Plan!.Value, state.Split!.Value], async () =>
        {
            var frame = await services.Datasets.Read(await StageInputs.Dataset(services, state, cancellationToken), cancellationToken);
            var split = await StageInputs.Split(services, state, cancellationToken);
            // Wall time, whatever time the models live in: it tells what a trial costs.
            var made = ModelFitting.Try(StageInputs.Trainer(services, trial.Trainer), services.Runtime, frame, plan, split, trial, spec.Train.Seed, TimeProvider.System, cancellationToken);
            return await services.Content.PutJson(made, cancellationToken);
        }, cancellationToken);
        var result = await services.Content.GetJson<TrialResult>(hash, cancellationToken);
        var told = new TrialRecord(trial.Index, trial.Trainer, trial.Parameters, plan.Metric, result.Value, result.Note, result.Seconds);
        await services.Journal.Update(state.Run, (record, details) =>
        {
            TrialRecord[] trials = [.. details.Trials.Where(t => t.Index != told.Index).Append(told).OrderBy(t => t.Index)];
            return (RunJournal.WithStage(record, StageNames.Search.Value, s => s with { Done = trials.Length }), details with { Trials = trials });
        }, cancellationToken);
        return hash;
    }
}

/// <summary>Chooses the winner on the validation rows and ends the search.</summary>
public sealed class ChooseActivity(PipelineServices services) : IActivity<TrialsDone, RunState>
{
    /// <inheritdoc/>
    public async Task<RunState> Run(TrialsDone input, ActivityContext context, CancellationToken cancellationToken)
    {
        var state = input.State;
        var plan = await StageInputs.Plan(services, state, cancellationToken);
        var trials = await StageInputs.Trials(services, state, cancellationToken);
        var results = new List<TrialResult>();
        foreach (var hash in input.Results) results.Add(await services.Content.GetJson<TrialResult>(hash, cancellationToken));
        var winner = Search.Winner(plan.Metric, [.. results.Select(r => r.Value)])
            ?? throw StageInputs.Failed("no-trial-succeeded", $"No trainer could train on these rows: {results.Select(r => r.Note).FirstOrDefault(n => n is not null)}");
        await services.Journal.Update(state.Run, (record, details) => (record, details with { Winner = winner }), cancellationToken);
        var summary = string.Create(CultureInfo.InvariantCulture, $"{trials.Count} trials; best is {winner}, {trials[winner].Trainer}, with {plan.Metric} {results[winner].Value:0.####} on validation rows");
        await services.Journal.Done(state.Run, StageNames.Search.Value, summary, cached: false, cancellationToken);
        return state with { Results = await services.Content.PutJson(results, cancellationToken), Winner = winner };
    }
}
