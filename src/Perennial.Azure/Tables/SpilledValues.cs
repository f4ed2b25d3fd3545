using System.Text;
using Perennial.Azure.Blobs;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tables;

/// <summary>
/// Property values that Azure Tables has no room for, although the port allows them: they go to blobs, named by their hash, and a mark
/// stands in for them in the entity. A value that is replaced leaves its blob behind, which <see cref="ValueCollection"/> removes.
/// </summary>
public sealed class SpilledValues(BlobContainer container, TimeProvider clock)
{
    // A private-use character: a value of the caller's that begins so is spilled as well, and so is never taken for a mark.
    private const char Mark = '\uE000';

    /// <summary>The blobs: content by hash, so that who writes a value again keeps its blob from a collection.</summary>
    internal BlobContentStore Blobs { get; } = new(container, clock, folderDigits: 0);

    /// <summary>The blob that a stored value names; null when it is a value itself.</summary>
    internal static ContentHash? Names(string stored) => LooksSpilled(stored) && ContentHash.TryParse(stored[1..], out var hash) ? hash : null;

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
        long Sent(int i) => TableSizes.Sent(partition, operations[i].Row, fitted[i]);
        while (Enumerable.Range(0, fitted.Length).Sum(Sent) > TableLimits.BatchBytes)
        {
            var widest = fitted[Enumerable.Range(0, fitted.Length).MaxBy(Sent)];
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
            return Names(stored) is { } hash
                ? Encoding.UTF8.GetString(await Blobs.GetBytes(hash, cancellationToken))
                : throw new StoreDamagedException("An entity's value begins as those do that were moved to a blob, and names none. Something else has written it.");
        }
        catch (MissingContentException missing)
        {
            throw new StoreDamagedException($"The blob '{container.Client.Name}/{missing.Hash}' is gone: an entity's value was moved there. Restore it from the account's soft-deleted blobs.");
        }
    }

    private static string Largest(Dictionary<string, string> properties) => properties.Where(p => !LooksSpilled(p.Value)).MaxBy(TableSizes.SentProperty).Key;

    private async Task Spill(Dictionary<string, string> properties, string name, CancellationToken cancellationToken)
    {
        var hash = await Blobs.PutBytes(Encoding.UTF8.GetBytes(properties[name]), cancellationToken);
        properties[name] = $"{Mark}{hash}";
    }
}
