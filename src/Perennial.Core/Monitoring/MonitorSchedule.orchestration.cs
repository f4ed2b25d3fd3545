using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Monitoring;

/// <summary>A model's monitor: waits until a pass is due or wanted, runs it, begins again. Passes missed while nothing ran are one pass.</summary>
public static class MonitorSchedule
{
    /// <summary>The body.</summary>
    public static async Task<Nothing> Run(IOrchestrationContext context, string model)
    {
        var due = await context.Call(MonitorActivities.Next, model, RetryPolicy.Storage);
        context.SetStatus(new { nextPassAt = due });
        if (due > context.Now) await context.WaitForEvent<Nothing>(LifecycleNames.MonitorNowEvent, due);
        await context.Call(MonitorActivities.Pass, new PassRequest(model, context.NewId()), RetryPolicy.Storage);
        context.ContinueAsNew(model);
        return Nothing.Value;
    }
}
