using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>A model's eternal instance: takes what is pending, runs one pipeline at a time, waits for hints, and looks again by itself.</summary>
public static class ModelCoordinator
{
    /// <summary>A lost hint is repaired after so long.</summary>
    public static readonly TimeSpan Sweep = TimeSpan.FromHours(1);

    /// <summary>The orchestration.</summary>
    public static async Task<Nothing> Run(IOrchestrationContext context, string model)
    {
        try
        {
            var next = await context.Call(StageNames.TakePending, model, RetryPolicy.Storage);
            if (next.Run is { } run) await Call(context, run, next.InstanceId!);
            else await context.WaitForEvent<string>(LifecycleNames.TriggerEvent, context.Now + Sweep);
        }
        catch (ActivityFailedException)
        {
            // The tables could not be read for a minute; what is pending stays so, and the next round looks again.
            await context.Delay(context.Now + TimeSpan.FromMinutes(1));
        }
        // The next generation begins by looking, which is all that hints want. Until version 1 each was a generation.
        if (context.Version > 1) await context.TakeAll<string>(LifecycleNames.TriggerEvent);
        context.ContinueAsNew(model);
        return Nothing.Value;
    }

    private static async Task Call(IOrchestrationContext context, RunKey run, string instanceId)
    {
        try
        {
            await context.CallOrchestration(LifecycleNames.TrainingPipeline, instanceId, run);
        }
        catch (ActivityFailedException failed)
        {
            // It was terminated, or could not even note its own failure.
            await context.Call(StageNames.Fail, new RunFailure(run, failed.Failure), RetryPolicy.Storage);
        }
    }
}
