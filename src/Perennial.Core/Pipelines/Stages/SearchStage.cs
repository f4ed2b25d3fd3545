using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Decides all trials of a pipeline of version 1 at once; the stage stays open until they are run and one is chosen.</summary>
public sealed class SearchStage(PipelineServices services) : Stage(services, StageNames.Search)
{
    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var plan = await StageInputs.Plan(Services, state, cancellationToken);
        var split = await StageInputs.Split(Services, state, cancellationToken);
        var trials = StageInputs.Expect(Search.Make(spec.Train with { Search = SearchKind.Random }, plan.Task, plan.Metric, split.By, split.Train.Length, Services.Trainers)).Draw();
        await Services.Journal.Update(state.Run, (record, details) => (
            RunJournal.WithStage(record, StageNames.Search.Value, s => s with { Done = 0, Total = trials.Count }),
            details with { Trials = [], Winner = null }), cancellationToken);
        return new StageResult(state with { Trials = await Services.Content.PutJson(trials, cancellationToken), TrialCount = trials.Count }, $"{trials.Count} trials", Open: true);
    }
}
