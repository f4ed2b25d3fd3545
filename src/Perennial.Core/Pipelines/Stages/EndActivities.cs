using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Ends a run that has a version: the first one is promoted at once, and so is one whose gates were enough; otherwise its rollout starts.</summary>
public sealed class ReleaseActivity(PipelineServices services) : IActivity<RunState, Nothing>
{
    /// <inheritdoc/>
    public async Task<Nothing> Run(RunState input, ActivityContext context, CancellationToken cancellationToken)
    {
        var (run, version) = (input.Run, input.Version!.Value);
        if (!await RunEnd.IsOpen(services, run, cancellationToken)) return Nothing.Value;
        var spec = await StageInputs.Spec(services, input, cancellationToken);
        var champion = await services.Registry.FindAlias(run.Model, ModelRegistry.Champion, cancellationToken);
        string conclusion;
        if (champion?.Version == version)
        {
            // This very step did it before it was repeated, or a person was faster.
            conclusion = $"Version {version} is champion. {(await services.Registry.FindVersion(run.Model, version, cancellationToken))!.Reason}";
        }
        else if (await WhyAtOnce(input, spec, champion, cancellationToken) is { } why)
        {
            StageInputs.Expect(await services.Registry.Promote(run.Model, version, "pipeline", why, cancellationToken));
            conclusion = $"Version {version} is champion. {why}";
        }
        else
        {
            await services.Client.Start(LifecycleNames.Rollout, LifecycleNames.RolloutId(run.Model, version), new VersionKey(run.Model, version), cancellationToken);
            conclusion = $"Version {version} challenges version {champion!.Version}: both score the same rows until the evidence decides.";
        }
        await RunEnd.Write(services, run, r => r with { Status = RunStatus.Succeeded, EndedAt = services.Clock.GetUtcNow(), Conclusion = conclusion }, cancellationToken);
        return Nothing.Value;
    }

    private async Task<string?> WhyAtOnce(RunState state, ModelSpec spec, ModelAlias? champion, CancellationToken cancellationToken)
    {
        if (champion is null) return "It is the first version.";
        if (spec.Rollout.Strategy == RolloutStrategy.Immediate) return "The gates were enough: the rollout strategy is immediate.";
        var evaluation = await services.Content.GetJson<EvaluationResult>(state.Evaluation!.Value, cancellationToken);
        var compared = (await services.Journal.Find(state.Run, cancellationToken))!.Champion;
        // Shadow scores the champion's rows under the champion's labels: a version with other inputs, classes or label would wait there in vain.
        return evaluation.Incomparable is { } incomparable && compared == champion.Version ? $"{incomparable} No rollout could compare the two." : null;
    }
}

/// <summary>Ends a run that a gate or a person has stopped.</summary>
public sealed class RejectActivity(PipelineServices services) : IActivity<RunState, Nothing>
{
    /// <inheritdoc/>
    public async Task<Nothing> Run(RunState input, ActivityContext context, CancellationToken cancellationToken)
    {
        var run = input.Run;
        if (!await RunEnd.IsOpen(services, run, cancellationToken)) return Nothing.Value;
        var id = LifecycleNames.RunId(run.Model, run.Sequence);
        StageInputs.Expect(await services.Registry.Record(run.Model, "run-rejected", "pipeline", input.Rejection!, input.Version, id, oncePerRun: true, cancellationToken));
        await RunEnd.Write(services, run, r => r with { Status = RunStatus.Rejected, EndedAt = services.Clock.GetUtcNow(), Conclusion = RunJournal.Clip(input.Rejection) }, cancellationToken);
        return Nothing.Value;
    }
}

/// <summary>Ends a run with a failure: the stage that ran, why it failed, and what to do.</summary>
public sealed class FailActivity(PipelineServices services) : IActivity<RunFailure, Nothing>
{
    /// <inheritdoc/>
    public async Task<Nothing> Run(RunFailure input, ActivityContext context, CancellationToken cancellationToken)
    {
        if (!await RunEnd.IsOpen(services, input.Run, cancellationToken)) return Nothing.Value;
        var now = services.Clock.GetUtcNow();
        var failure = input.Failure with { Message = RunJournal.Clip(input.Failure.Message)!, Inner = null };
        var record = await RunEnd.Write(services, input.Run, r =>
        {
            var stage = r.Stages.LastOrDefault(s => s.Status == StageStatus.Running)?.Name ?? r.Stages.LastOrDefault()?.Name ?? "start";
            r = RunJournal.WithStage(r, stage, s => s with { Status = StageStatus.Failed, EndedAt = now, Summary = failure.Message });
            return r with
            {
                Status = RunStatus.Failed,
                EndedAt = now,
                Failure = failure,
                Conclusion = $"The stage '{stage}' failed: {failure.Message} {(failure.Retryable ? "Retry goes on from there." : "Correct the cause; retry then goes on from there.")}",
            };
        }, cancellationToken);
        await services.Notifier.Notify(new Notice($"{record.Id}-failed-{record.Attempt}", record.Model, "run-failed", record.Conclusion!, now), cancellationToken);
        return Nothing.Value;
    }
}

/// <summary>Writes <c>report.html</c> of a run that has ended and could not be given one at its end.</summary>
public sealed class RunReportActivity(PipelineServices services) : IActivity<RunKey, Nothing>
{
    /// <inheritdoc/>
    public async Task<Nothing> Run(RunKey input, ActivityContext context, CancellationToken cancellationToken)
    {
        if (await services.Journal.Find(input, cancellationToken) is not { Report: null } record) return Nothing.Value;
        var report = await RunEnd.Render(services, record, cancellationToken);
        if (report is not null) await services.Journal.Update(input, r => r with { Report = report }, cancellationToken);
        return Nothing.Value;
    }
}
