using Perennial.Core.Ports;

namespace Perennial.Migrate;

/// <summary>Copies artifacts and named blobs, and reads back what came over.</summary>
internal sealed class BlobCopy(StoreSet from, StoreSet to, IProgress<MigrationProgress>? progress)
{
    private const int AtATime = 8;

    /// <summary>Artifacts: what is there already is only read back.</summary>
    public async Task<int> Artifacts(CancellationToken cancellationToken)
    {
        var hashes = await from.Content.List(cancellationToken).ToListAsync(cancellationToken);
        var copied = 0;
        // Most of the time is waiting for answers.
        var several = new ParallelOptions { MaxDegreeOfParallelism = AtATime, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(hashes, several, async (hash, ct) =>
        {
            await Copy(hash, ct);
            progress?.Report(new MigrationProgress("Artifacts", Interlocked.Increment(ref copied), hashes.Count));
        });
        return hashes.Count;
    }

    private async Task Copy(ContentHash hash, CancellationToken cancellationToken)
    {
        if (!await to.Content.Exists(hash, cancellationToken))
        {
            await using var content = await from.Content.OpenVerified(hash, cancellationToken);
            await to.Content.Put(content, cancellationToken);
        }
        // The name must be the hash of what is there.
        await (await to.Content.OpenVerified(hash, cancellationToken)).DisposeAsync();
    }

    /// <summary>Named blobs, all but one.</summary>
    public async Task<int> Named(string except, CancellationToken cancellationToken)
    {
        var copied = 0;
        await foreach (var name in from.Blobs.List("", cancellationToken))
        {
            if (name == except || await from.Blobs.Read(name, cancellationToken) is not { } blob) continue;
            await to.Blobs.Write(name, blob.Content, "*", cancellationToken);
            if (await to.Blobs.Read(name, cancellationToken) is not { } there || !there.Content.Span.SequenceEqual(blob.Content.Span))
                throw new MigrationException($"The blob '{name}' differs in the target. Start the migration again.", MigrateExitCodes.Damaged);
            progress?.Report(new MigrationProgress("Named blobs", ++copied, null));
        }
        return copied;
    }
}
