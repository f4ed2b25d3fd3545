using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>
/// The search of a run, a generation a batch: the next trials are decided from all results so far, and run side by side. So no instance has many
/// children, and what is tried never depends on which trial ends first.
/// </summary>
public static class TrialSearch
{
    /// <summary>The orchestration.</summary>
    public static async Task<RunState> Run(IOrchestrationContext context, SearchRound round)
    {
        var next = await context.Call(StageNames.NextTrials, round, RetryPolicy.Storage);
        if (next.Count == 0) return next.State;
        var trials = new Task<ContentHash>[next.Count];
        for (var i = 0; i < trials.Length; i++) trials[i] = context.Call(StageNames.Trial, new TrialCall(next.State, next.From + i), RetryPolicy.Storage);
        context.ContinueAsNew(next with { Results = await Task.WhenAll(trials) });
        return next.State;
    }
}
