using System.Globalization;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Registers the version, exactly once a run, and asks for approval where the spec wants it.</summary>
public sealed class RegisterStage(PipelineServices services) : Stage(services, StageNames.Register)
{
    /// <summary>The stage in which a person is asked.</summary>
    public const string Approval = "approval";

    /// <inheritdoc/>
    protected override async Task<StageResult> Do(RunState state, CancellationToken cancellationToken)
    {
        var spec = await Spec(state, cancellationToken);
        var run = state.Run;
        var id = LifecycleNames.RunId(run.Model, run.Sequence);
        var evaluation = (await Services.Content.GetJson<EvaluationResult>(state.Evaluation!.Value, cancellationToken)).Report;
        var reason = string.Create(CultureInfo.InvariantCulture, $"All {evaluation.Gates.Count} gates passed; {evaluation.Metric} {evaluation.Metrics[evaluation.Metric]:0.####} on {evaluation.Rows} test rows.");
        var version = await Services.Registry.Register(run.Model, id, state.Package!.Value, reason, cancellationToken);
        await Services.Journal.Done(run, StageNames.Register.Value, $"version {version.Version}", cached: false, cancellationToken);
        state = state with { Version = version.Version };
        if (!spec.Approval.Required)
        {
            await Services.Journal.Update(run, r => r with { Version = version.Version }, cancellationToken);
            return new StageResult(state, "", Open: true);
        }
        var until = Services.Clock.GetUtcNow() + spec.Approval.Deadline;
        await Services.Journal.Begin(run, Approval, null, cancellationToken);
        var record = await Services.Journal.Update(run, r => r with { Version = version.Version, Status = RunStatus.AwaitingApproval }, cancellationToken);
        await Services.Notifier.Notify(new Notice($"{id}-approval-{record.Attempt}", run.Model, "approval-wanted",
            $"Version {version.Version} of '{run.Model}' waits for approval until {until:yyyy-MM-dd HH:mm} UTC. {reason}", Services.Clock.GetUtcNow()), cancellationToken);
        return new StageResult(state with { ApprovalUntil = until }, "", Open: true);
    }
}

/// <summary>Takes in a person's decision; no answer in time is a no.</summary>
public sealed class ApproveActivity(PipelineServices services) : IActivity<ApprovalOutcome, RunState>
{
    /// <inheritdoc/>
    public async Task<RunState> Run(ApprovalOutcome input, ActivityContext context, CancellationToken cancellationToken)
    {
        var state = input.State;
        var run = state.Run;
        var version = state.Version!.Value;
        var id = LifecycleNames.RunId(run.Model, run.Sequence);
        var decision = input.Decision ?? new ApprovalDecision(false, "deadline", "Nobody answered in time.");
        var words = $"{(decision.Approved ? "Approved" : "Refused")} by {decision.Actor}{(string.IsNullOrWhiteSpace(decision.Comment) ? "" : $": {decision.Comment}")}";
        if (decision.Approved) StageInputs.Expect(await services.Registry.Record(run.Model, "version-approved", decision.Actor, words, version, id, cancellationToken: cancellationToken));
        else StageInputs.Expect(await services.Registry.EndChallenge(run.Model, version, VersionState.Rejected, words, cancellationToken));
        await services.Journal.Done(run, RegisterStage.Approval, words, cached: false, cancellationToken);
        await services.Journal.Update(run, r => r with { Status = RunStatus.Running }, cancellationToken);
        return decision.Approved ? state : state with { Rejection = words };
    }
}
