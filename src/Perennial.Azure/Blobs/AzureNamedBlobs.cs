using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;
using Perennial.Core.Ports;

namespace Perennial.Azure.Blobs;

/// <summary>Named blobs as block blobs of the same name, every write under a condition on the ETag.</summary>
/// <remarks>
/// A request that the SDK repeats after an answer was lost can meet what it had done itself, and then reports a lost race: callers read again
/// after one, as after any. Nothing collects these blobs: whoever writes one removes it.
/// </remarks>
public sealed class AzureNamedBlobs(BlobContainer container) : INamedBlobs
{
    /// <summary>Bytes of a blob at most.</summary>
    public const int MaxBytes = 4 * 1024 * 1024;

    /// <inheritdoc/>
    public async Task<NamedBlob?> Read(string name, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        try
        {
            var result = (await container.Client.GetBlobClient(name).DownloadContentAsync(cancellationToken)).Value;
            return new NamedBlob(result.Content.ToMemory(), result.Details.ETag.ToString());
        }
        catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<string?> Write(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        if (content.Length > MaxBytes) throw new ArgumentException($"Blob '{name}' has {content.Length} bytes; at most 4 MiB are allowed.");
        var conditions = ifMatch switch
        {
            null => new BlobRequestConditions { IfNoneMatch = ETag.All },
            "*" => null,
            _ => new BlobRequestConditions { IfMatch = new ETag(ifMatch) },
        };
        try
        {
            return await container.Write(
                async client => (await client.GetBlobClient(name).UploadAsync(new BinaryData(content), new BlobUploadOptions { Conditions = conditions }, cancellationToken)).Value.ETag.ToString(),
                cancellationToken);
        }
        catch (RequestFailedException failure) when (conditions is not null && (BlobContainer.IsConflict(failure) || failure.ErrorCode == BlobErrorCode.BlobNotFound))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public async Task<bool> Delete(string name, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        try
        {
            return await container.Client.GetBlobClient(name).DeleteIfExistsAsync(cancellationToken: cancellationToken);
        }
        catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure))
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<string> List(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var item in Listing.Of(container, prefix, cancellationToken)) yield return item.Name;
    }
}
