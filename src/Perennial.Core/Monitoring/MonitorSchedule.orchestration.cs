using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Monitoring;

/// <summary>A model's monitor: waits until a pass is due or wanted, runs it, begins again. Passes missed while nothing ran are one pass.</summary>
public static class MonitorSchedule
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromHours(1);

    /// <summary>The body.</summary>
    public static async Task<Nothing> Run(IOrchestrationContext context, string model)
    {
        try
        {
            var due = await context.Call(MonitorActivities.Next, model, RetryPolicy.Storage);
            context.SetStatus(new { nextPassAt = due });
            if (due > context.Now) await context.WaitForEvent<Nothing>(LifecycleNames.MonitorNowEvent, due);
            // Who asked before the pass began is answered by it, who asks meanwhile by the next. Until version 1 each had a pass of its own.
            if (context.Version > 1) await context.TakeAll<Nothing>(LifecycleNames.MonitorNowEvent);
            await context.Call(MonitorActivities.Pass, new PassRequest(model, context.NewId()), RetryPolicy.Storage);
        }
        catch (ActivityFailedException failed) when (failed.Name != MonitorActivities.Next.Value || failed.Failure.Retryable)
        {
            // A pass that cannot be made (a full disk, a lost file) must not end the watch: it shows, and is tried again later or when asked for.
            var again = context.Now + PauseAfterFailure;
            context.SetStatus(new { nextPassAt = again, failure = failed.Failure });
            await context.WaitForEvent<Nothing>(LifecycleNames.MonitorNowEvent, again);
        }
        context.ContinueAsNew(model);
        return Nothing.Value;
    }
}
