using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Perennial.Api.Hosting;
using Perennial.Functions.Hosting;

namespace Perennial.Functions.Triggers;

/// <summary>A file that is uploaded to <c>inbox/{model}/{name}</c> starts a run. Event Grid tells of it, as Flex Consumption needs.</summary>
public sealed class InboxFunctions(InboxIntake intake, BoundDurableClient durable, ILogger<InboxFunctions> log)
{
    /// <summary>Takes a file in. A refused one stays where it is, and the log says why; a store that fails is tried again by the host.</summary>
    [Function("inbox")]
    public async Task Inbox(
        [BlobTrigger("inbox/{model}/{name}", Source = BlobTriggerSource.EventGrid, Connection = "Inbox")] Stream file,
        string model, string name, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        durable.Bind(client);
        if (await intake.Accept(model, name, file, context.CancellationToken) is { } refusal)
            log.LogWarning("The inbox did not take {Name} for {Model}: {Reason}", name, model, refusal);
    }
}
