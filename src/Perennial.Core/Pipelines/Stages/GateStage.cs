using Perennial.Core.Evaluation;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Judges the evaluation. A no is not a failure: the run ends rejected, with the report.</summary>
public sealed class GateStage(PipelineServices services) : Stage(services, StageNames.Gate)
{
    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var evaluation = await Services.Content.GetJson<EvaluationResult>(state.Evaluation!.Value, cancellationToken);
        var profile = await Services.Content.GetJson<ProfileResult>(state.Profile!.Value, cancellationToken);
        var gates = Gates.Judge(spec.Gates, evaluation.Report, evaluation.Incomparable, profile.Leaks);
        evaluation = evaluation with { Report = evaluation.Report with { Gates = gates } };
        await Services.Journal.Update(state.Run, (record, details) => (record, details with { Evaluation = evaluation.Report }), cancellationToken);
        var closed = gates.Where(g => !g.Passed).ToList();
        var rejection = closed.Count == 0 ? null : string.Join(" ", closed.Select(g => $"The gate '{g.Gate}' said no: {g.Detail}"));
        return new StageResult(
            state with { Evaluation = await Services.Content.PutJson(evaluation, cancellationToken), Rejection = RunJournal.Clip(rejection) },
            closed.Count == 0 ? $"All {gates.Count} gates passed" : $"{closed.Count} of {gates.Count} gates said no: {string.Join(", ", closed.Select(g => g.Gate))}");
    }
}
