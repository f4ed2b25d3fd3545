using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs.Models;

namespace Perennial.Azure.Blobs;

/// <summary>Lists of blobs, page by page; a missing container is an empty one.</summary>
internal static class Listing
{
    /// <summary>The blobs whose names start with the prefix, in the service's order, which is the ordinal one of names in ASCII.</summary>
    public static async IAsyncEnumerable<BlobItem> Of(BlobContainer container, string prefix, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var pages = container.Client.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken).AsPages().GetAsyncEnumerator(cancellationToken);
        while (true)
        {
            try
            {
                if (!await pages.MoveNextAsync()) yield break;
            }
            catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure))
            {
                yield break;
            }
            foreach (var item in pages.Current.Values) yield return item;
        }
    }
}
