using Perennial.Core.Ports;

namespace Perennial.Azure.Tables;

/// <summary>
/// Removes blobs of values that no entity names any more, while the system works. A blob goes only if it was old when it was listed, no entity that
/// was read after that names it, and nobody has put its value again since, which changes its ETag. Whoever writes an entity has put its values
/// first, so that they are young or have another ETag.
/// </summary>
public sealed class ValueCollection(AzureTableStore tables, SpilledValues values)
{
    /// <summary>Collects.</summary>
    /// <param name="grace">Values that were put within this time stay; at least an hour.</param>
    /// <param name="dryRun">Whether it only counts.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="InvalidOperationException">Another collection of this process has not ended.</exception>
    public async Task<CollectedValues> Run(TimeSpan grace, bool dryRun, CancellationToken cancellationToken = default)
    {
        using var sweep = values.Blobs.Begin(grace);
        var old = new Dictionary<ContentHash, long>();
        var (kept, keptBytes, removed, removedBytes) = (0, 0L, 0, 0L);
        await foreach (var each in sweep.List(cancellationToken))
        {
            (kept, keptBytes) = (kept + 1, keptBytes + each.Bytes);
            if (!each.IsYoung) old[each.Hash] = each.Bytes;
        }
        if (old.Count > 0) await foreach (var hash in tables.Moved(cancellationToken)) old.Remove(hash);
        foreach (var (hash, bytes) in old)
        {
            if (!dryRun && !await sweep.TryRemove(hash, cancellationToken)) continue;
            (removed, removedBytes) = (removed + 1, removedBytes + bytes);
        }
        return new CollectedValues(removed, removedBytes, kept - removed, keptBytes - removedBytes);
    }
}

/// <summary>What became of values' blobs.</summary>
/// <param name="Removed">Blobs that no entity named.</param>
/// <param name="RemovedBytes">Their bytes.</param>
/// <param name="Kept">Blobs that stay.</param>
/// <param name="KeptBytes">Their bytes.</param>
public sealed record CollectedValues(int Removed, long RemovedBytes, int Kept, long KeptBytes);
