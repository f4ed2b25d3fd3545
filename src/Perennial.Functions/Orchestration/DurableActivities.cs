using Perennial.Core.Orchestration;

namespace Perennial.Functions.Orchestration;

/// <summary>Runs the lifecycle's activities for Durable Functions: text in, text out, failures as data.</summary>
public sealed class DurableActivities(OrchestrationCatalog catalog)
{
    /// <summary>One attempt.</summary>
    /// <param name="name">The activity.</param>
    /// <param name="call">What the orchestration sent.</param>
    /// <param name="cancellationToken">Cancelled when the host stops: then the attempt is made again elsewhere.</param>
    public async Task<string> Run(string name, string call, CancellationToken cancellationToken)
    {
        var wanted = Wire.Read<ActivityCall>(call);
        try
        {
            var context = new ActivityContext(wanted.InstanceId, wanted.Attempt);
            var output = await catalog.Activities[name].Run(context, wanted.Input, cancellationToken);
            var tooLarge = PayloadLimit.Check($"The output of activity '{name}'", Wire.Size(output));
            return Wire.Text(tooLarge is null ? new ActivityResult(output) : new ActivityResult(null, tooLarge));
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            return Wire.Text(new ActivityResult(null, Wire.Bounded(Failure.From(exception))));
        }
    }
}
