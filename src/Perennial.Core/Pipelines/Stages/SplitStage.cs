using Perennial.Core.Data;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Decides which rows train, choose and judge.</summary>
public sealed class SplitStage(PipelineServices services) : Stage(services, StageNames.Split)
{
    private const int StageVersion = 1;

    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var reads = new { spec.Label, spec.Task, spec.Positive, spec.Data.Time, spec.Data.Group, spec.Split, spec.Train.Seed };
        var (hash, cached) = await Services.Cache.GetOrMake(StageNames.Split.Value, StageVersion, reads, [state.Dataset!.Value], async () =>
        {
            var frame = await Rows(state, cancellationToken);
            var label = StageInputs.Expect(TaskInference.Read(frame, spec, "the dataset"));
            return await Services.Content.PutJson(StageInputs.Expect(Splits.MakeLearnable(frame, spec, label, "the dataset")).Split, cancellationToken);
        }, cancellationToken);
        var summary = (await Services.Content.GetJson<RowSplit>(hash, cancellationToken)).Summary();
        await Services.Journal.Update(state.Run, (record, details) => (record, details with { Split = summary }), cancellationToken);
        return new StageResult(state with { Split = hash }, summary, cached);
    }
}
