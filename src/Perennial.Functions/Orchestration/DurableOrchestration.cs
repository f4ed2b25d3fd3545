using System.Text.Json;
using Microsoft.DurableTask;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Functions.Orchestration;

/// <summary>Runs the lifecycle's orchestrations on Durable Functions.</summary>
public static class DurableOrchestration
{
    /// <summary>One turn of an orchestration.</summary>
    /// <returns>Its output as JSON.</returns>
    /// <exception cref="OrchestrationFailureException">It failed.</exception>
    public static async Task<JsonElement> Run<TInput, TOutput>(
        TaskOrchestrationContext engine, OrchestrationName<TInput, TOutput> name, Func<IOrchestrationContext, TInput, Task<TOutput>> body)
    {
        var start = OrchestrationStart.Read(engine.GetInput<JsonElement>());
        // Older code cannot go on with it, and nothing that it did would be undone: it ends, and says what to deploy.
        if (start.Version > name.Version) throw new OrchestrationFailureException(Older(engine.InstanceId, name.Value, start.Version, name.Version));
        var context = new DurableOrchestrationContext(engine, name.Value, name.Version, start);
        try
        {
            var output = Wire.Json(await body(context, Wire.Read<TInput>(start.Input)));
            if (!context.HasContinued && PayloadLimit.Check($"The output of orchestration '{name.Value}'", Wire.Size(output)) is { } tooLarge)
                throw new OrchestrationFailureException(tooLarge);
            return output;
        }
        catch (OperationCanceledException)
        {
            throw new OrchestrationFailureException(new Failure(nameof(TaskCanceledException), "The orchestration cancelled itself.", Retryable: false));
        }
        catch (Exception exception) when (exception is not OrchestrationFailureException)
        {
            throw new OrchestrationFailureException(Failure.From(exception));
        }
    }

    private static Failure Older(string instanceId, string name, int began, int today) => new(
        "orchestration-code-older",
        $"Instance '{instanceId}' began on version {began} of '{name}', and the code that was to continue it has version {today}. "
        + $"Deploy a package that has version {began}, and start again what ended.",
        Retryable: false);
}
