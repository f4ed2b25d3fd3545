using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Perennial.Functions.Hosting;

namespace Perennial.Functions.Triggers;

/// <summary>Timers, their schedules from the settings <c>Schedules__Sweep</c>, <c>Schedules__MonitorPass</c> and <c>Schedules__Collect</c>.</summary>
public sealed class TimerFunctions(AzureLifecycle lifecycle, BoundDurableClient durable)
{
    /// <summary>Repairs what a lost call left undone: runs that are wanted and not started, models without a monitor.</summary>
    [Function("sweep")]
    public Task Sweep([TimerTrigger("%Schedules:Sweep%")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Bind(client);
        return lifecycle.Resume(context.CancellationToken);
    }

    /// <summary>A monitor pass of every model, besides those that are due by the models' own specs.</summary>
    [Function("monitor-passes")]
    public Task MonitorPasses([TimerTrigger("%Schedules:MonitorPass%")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Bind(client);
        return lifecycle.MonitorPasses(context.CancellationToken);
    }

    /// <summary>Forgets what ended long ago and removes what nothing refers to: asked for over HTTP, that may take longer than Azure waits for an answer.</summary>
    [Function("collect")]
    public Task Collect([TimerTrigger("%Schedules:Collect%")] TimerInfo timer, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Bind(client);
        return lifecycle.Collect(context.CancellationToken);
    }
}
