using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Rollout;

/// <summary>
/// One challenger against one champion: begin, then judge whenever evidence may have come, until it is decided. A rollout is an instance of
/// its own, so that it never blocks the next run.
/// </summary>
public static class RolloutOrchestration
{
    private static readonly TimeSpan Pace = TimeSpan.FromDays(1);

    /// <summary>The body.</summary>
    public static async Task<Nothing> Run(IOrchestrationContext context, VersionKey key)
    {
        try
        {
            await context.Call(RolloutActivities.Begin, key, RetryPolicy.Storage);
            var judgement = await context.Call(RolloutActivities.Judge, key, RetryPolicy.Storage);
            context.SetStatus(judgement);
            if (judgement.Decided) return Nothing.Value;
        }
        catch (ActivityFailedException failed) when (failed.Name != RolloutActivities.Begin.Value || failed.Failure.Retryable)
        {
            // What cannot be begun or judged now (a full disk, a lost file) is tried later; the champion answers meanwhile.
            context.SetStatus(new Judgement(false, failed.Message));
        }
        // The event is a hint that labels have come; the deadline makes sure that nothing hangs on it.
        await context.WaitForEvent<Nothing>(LifecycleNames.EvidenceEvent, context.Now + Pace);
        // The next generation begins by judging, on all labels that have come. Until version 1 each hint was a generation.
        if (context.Version > 1) await context.TakeAll<Nothing>(LifecycleNames.EvidenceEvent);
        context.ContinueAsNew(key);
        return Nothing.Value;
    }
}
