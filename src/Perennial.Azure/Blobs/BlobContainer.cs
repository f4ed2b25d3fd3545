using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Perennial.Azure.Blobs;

/// <summary>A container that is made when it is first written to.</summary>
public sealed class BlobContainer(BlobContainerClient client)
{
    private readonly Lock _gate = new();
    private Task? _made;

    /// <summary>The container, whether it is there or not: for reads, which take a missing one for an empty one.</summary>
    internal BlobContainerClient Client => client;

    /// <summary>The container, made if it was not there.</summary>
    internal async Task<BlobContainerClient> Made(CancellationToken cancellationToken)
    {
        Task made;
        lock (_gate)
        {
            // A failed attempt is made again by the next caller; one that a caller gave up goes on for the others.
            if (_made is null || _made.IsFaulted || _made.IsCanceled) _made = client.CreateIfNotExistsAsync(cancellationToken: CancellationToken.None);
            made = _made;
        }
        await made.WaitAsync(cancellationToken);
        return client;
    }

    /// <summary>Writes to the container, which is made first, and again where somebody has removed it since.</summary>
    internal async Task<T> Write<T>(Func<BlobContainerClient, Task<T>> write, CancellationToken cancellationToken)
    {
        try
        {
            return await write(await Made(cancellationToken));
        }
        catch (RequestFailedException failure) when (failure.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            lock (_gate) _made = null;
            return await write(await Made(cancellationToken));
        }
    }

    /// <summary>Whether a request failed because what it named, or the container of it, is not there.</summary>
    internal static bool IsMissing(RequestFailedException failure) => failure.Status == 404;

    /// <summary>Whether what was to be made is there already; other conflicts, e.g. of a container that is being deleted, are none of this kind.</summary>
    internal static bool IsThere(RequestFailedException failure) => failure.ErrorCode == BlobErrorCode.BlobAlreadyExists || failure.ErrorCode == BlobErrorCode.ConditionNotMet;

    /// <summary>Whether a request's condition did not hold; leases, copies and deletions that are under way are faults and no lost race.</summary>
    internal static bool IsConflict(RequestFailedException failure) => IsThere(failure) || failure.ErrorCode == BlobErrorCode.AppendPositionConditionNotMet;
}
