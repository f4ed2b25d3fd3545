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
}
