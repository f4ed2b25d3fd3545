using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;
using Perennial.Api.Hosting;
using Perennial.Functions.Hosting;

namespace Perennial.Functions.Triggers;

/// <summary>A file that is uploaded to <c>inbox/{model}/{name}</c> starts a run. Event Grid tells of it, as Flex Consumption needs.</summary>
public sealed class InboxFunctions(InboxIntake intake, BoundDurableClient durable, ILogger<InboxFunctions> log)
{
    /// <summary>What a file's name gets behind it for the blob that says why the file was not taken.</summary>
    public const string ReasonEnding = ".reason.txt";

    /// <summary>
    /// Takes a file in. A refused one stays where it is; the log and a blob beside it say why, until it is taken. A store that fails is tried
    /// again by the host, and then put into its queue of what failed.
    /// </summary>
    [Function("inbox")]
    public async Task Inbox(
        [BlobTrigger("inbox/{model}/{name}", Source = BlobTriggerSource.EventGrid, Connection = "Inbox")] BlobClient file,
        string model, string name, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        if (name.EndsWith(ReasonEnding, StringComparison.OrdinalIgnoreCase)) return;
        durable.Bind(client);
        await using var bytes = await Open(file, context.CancellationToken);
        if (bytes is null) return;
        var reason = file.GetParentBlobContainerClient().GetBlobClient(file.Name + ReasonEnding);
        if (await intake.Accept(model, name, bytes, context.CancellationToken) is not { } refusal)
        {
            await reason.DeleteIfExistsAsync(cancellationToken: context.CancellationToken);
            return;
        }
        log.LogWarning("The inbox did not take {Name} for {Model}: {Reason}", name, model, refusal);
        await reason.UploadAsync(BinaryData.FromString(refusal + "\n"), overwrite: true, context.CancellationToken);
    }

    // Its length is known from here on, and a file that changes while it is read is a failure.
    private async Task<Stream?> Open(BlobClient file, CancellationToken cancellationToken)
    {
        try
        {
            return await file.OpenReadAsync(new BlobOpenReadOptions(allowModifications: false), cancellationToken);
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            log.LogInformation("The inbox was told of {File}, which is not there any more.", file.Name);
            return null;
        }
    }
}
