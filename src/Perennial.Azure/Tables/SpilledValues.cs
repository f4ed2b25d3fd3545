using Azure;
using Azure.Storage.Blobs.Models;
using Perennial.Azure.Blobs;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tables;

/// <summary>
/// Property values that Azure Tables has no room for, although the port allows them: they go to blobs, named by their hash, and a mark
/// stands in for them in the entity. A value that is replaced leaves its blob behind; the account's lifecycle rules may remove what is old
/// only if no entity names it.
/// </summary>
public sealed class SpilledValues(BlobContainer container)
{
    // A private-use character: a value of the caller's that begins so is spilled as well, and so is never taken for a mark.
    private const char Mark = '\uE000';

    /// <summary>Whether a value must not stand in an entity as it is.</summary>
    internal static bool LooksSpilled(string value) => value.Length > 0 && value[0] == Mark;

    /// <summary>
    /// The properties of each operation with so many of its largest values moved to blobs, durably, that entity and batch fit.
    /// </summary>
    internal async Task<IReadOnlyDictionary<string, string>[]> Fit(string partition, IReadOnlyList<TableOperation> operations, CancellationToken cancellationToken)
    {
        var fitted = new Dictionary<string, string>[operations.Count];
        for (var i = 0; i < fitted.Length; i++)
        {
            fitted[i] = new Dictionary<string, string>(operations[i].Properties ?? new Dictionary<string, string>(), StringComparer.Ordinal);
            foreach (var name in fitted[i].Where(p => LooksSpilled(p.Value)).Select(p => p.Key).ToArray()) await Spill(fitted[i], name, cancellationToken);
            while (TableSizes.IsTooLarge(partition, operations[i].Row, fitted[i])) await Spill(fitted[i], Largest(fitted[i]), cancellationToken);
        }
        while (fitted.Sum(TableSizes.Sent) > TableLimits.BatchBytes)
        {
            var widest = fitted.MaxBy(TableSizes.Sent)!;
            await Spill(widest, Largest(widest), cancellationToken);
        }
        return fitted;
    }

    /// <summary>The value that a stored value stands for.</summary>
    /// <exception cref="StoreDamagedException">The blob that it names is gone.</exception>
    internal async Task<string> Resolve(string stored, CancellationToken cancellationToken)
    {
        if (!LooksSpilled(stored)) return stored;
        try
        {
            var blob = await container.Client.GetBlobClient(stored[1..]).DownloadContentAsync(cancellationToken);
            return blob.Value.Content.ToString();
        }
        catch (RequestFailedException failure) when (BlobContainer.IsMissing(failure))
        {
            throw new StoreDamagedException($"The blob '{container.Client.Name}/{stored[1..]}' is gone: an entity's value was moved there. Restore it from the account's soft-deleted blobs.");
        }
    }

    private static string Largest(Dictionary<string, string> properties) => properties.Where(p => !LooksSpilled(p.Value)).MaxBy(TableSizes.SentProperty).Key;

    private async Task Spill(Dictionary<string, string> properties, string name, CancellationToken cancellationToken)
    {
        var bytes = new BinaryData(properties[name]);
        var hash = ContentHash.Of(bytes.ToMemory().Span).ToString();
        var client = await container.Made(cancellationToken);
        try
        {
            var options = new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            await client.GetBlobClient(hash).UploadAsync(bytes, options, cancellationToken);
        }
        catch (RequestFailedException failure) when (BlobContainer.IsThere(failure))
        {
            // It is there: equal names are equal bytes.
        }
        properties[name] = Mark + hash;
    }
}
