using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>One run: stage after stage, the trials of a batch side by side. A failed stage ends it as failed; the record says where and why.</summary>
public static class TrainingPipeline
{
    /// <summary>The orchestration.</summary>
    public static async Task<Nothing> Run(IOrchestrationContext context, RunKey run)
    {
        try
        {
            var state = await Prepare(context, run);
            if (state.Rejection is null) state = await Train(context, state);
            if (state.Rejection is null && state.Repeat is null) state = await Register(context, state);
            var end = state.Rejection is not null ? StageNames.Reject : state.Repeat is null ? StageNames.Release : StageNames.Compare;
            await context.Call(end, state, RetryPolicy.Storage);
        }
        catch (ActivityFailedException failed)
        {
            await context.Call(StageNames.Fail, new RunFailure(run, failed.Failure), RetryPolicy.Storage);
        }
        try
        {
            await context.Call(StageNames.Report, run, RetryPolicy.Storage);
        }
        catch (ActivityFailedException)
        {
            // A report that cannot be drawn changes nothing about what was decided.
        }
        return Nothing.Value;
    }

    private static async Task<RunState> Prepare(IOrchestrationContext context, RunKey run)
    {
        var state = await Step(context, StageNames.Ingest, new RunState(run));
        state = await Step(context, StageNames.Validate, state);
        return await Step(context, StageNames.Profile, state);
    }

    private static async Task<RunState> Train(IOrchestrationContext context, RunState state)
    {
        state = await Step(context, StageNames.Split, state);
        state = context.Version == 1 ? await SearchAtOnce(context, state) : await Search(context, state);
        if (state.Rejection is not null) return state;
        state = await Step(context, StageNames.Fit, state);
        if (state.Repeat is not null) return state;
        state = await Step(context, StageNames.Evaluate, state);
        return await Step(context, StageNames.Gate, state);
    }

    private static Task<RunState> Search(IOrchestrationContext context, RunState state)
    {
        context.SetStatus(StageNames.Search.Value);
        return context.CallOrchestration(LifecycleNames.TrialSearch, LifecycleNames.SearchId(context.InstanceId), new SearchRound(state));
    }

    // Until version 1: all trials were decided before the first of them ran.
    private static async Task<RunState> SearchAtOnce(IOrchestrationContext context, RunState state)
    {
        state = await Step(context, StageNames.Search, state);
        var trials = new Task<ContentHash>[state.TrialCount];
        for (var i = 0; i < trials.Length; i++) trials[i] = context.Call(StageNames.Trial, new TrialCall(state, i), RetryPolicy.Storage);
        var results = await Task.WhenAll(trials);
        return await context.Call(StageNames.Choose, new TrialsDone(state, results), RetryPolicy.Storage);
    }

    private static async Task<RunState> Register(IOrchestrationContext context, RunState state)
    {
        state = await Step(context, StageNames.Package, state);
        state = await Step(context, StageNames.Register, state);
        if (state.ApprovalUntil is not { } deadline) return state;
        context.SetStatus("approval");
        var answer = await context.WaitForEvent<ApprovalDecision>(LifecycleNames.ApprovalEvent, deadline);
        return await context.Call(StageNames.Approve, new ApprovalOutcome(state, answer.Arrived ? answer.Value : null), RetryPolicy.Storage);
    }

    private static Task<RunState> Step(IOrchestrationContext context, ActivityName<RunState, RunState> stage, RunState state)
    {
        context.SetStatus(stage.Value);
        return context.Call(stage, state, RetryPolicy.Storage);
    }
}
