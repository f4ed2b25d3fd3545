using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Artifacts;

/// <summary>
/// A sweep over an artifact folder. What was touched since it began is remembered; what was touched before bears the time in its file, and within
/// a day is also known to the process. An
/// artifact is removed under the lock that putting and asking take, so that either sees the other.
/// </summary>
internal sealed class ArtifactSweep(ArtifactFolder folder, RecentArtifacts recent, TimeSpan grace) : IContentSweep
{
    // Files bear the time of the system, whatever time the host lives in.
    private readonly DateTimeOffset _youngFrom = TimeProvider.System.GetUtcNow() - grace;
    private readonly ConcurrentDictionary<ContentHash, byte> _touched = new();

    public IReadOnlyCollection<ContentHash> Touched => [.. _touched.Keys];

    public void Touch(ContentHash hash) => _touched[hash] = 0;

    public async IAsyncEnumerable<StoredContent> List([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var hash in folder.List(cancellationToken))
            if (folder.Look(hash) is { } found) yield return new StoredContent(hash, found.Bytes, IsYoung(hash, found.At) || _touched.ContainsKey(hash));
    }

    public Task<bool> TryRemove(ContentHash hash, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(folder.RemoveIf(hash, () => !_touched.ContainsKey(hash) && folder.Look(hash) is { } found && !IsYoung(hash, found.At)));
    }

    public void Dispose() => folder.End(this);

    // A disk that keeps no times keeps everything.
    private bool IsYoung(ContentHash hash, DateTimeOffset? at) => at is null || at > _youngFrom || recent.IsYoung(hash, grace);
}
