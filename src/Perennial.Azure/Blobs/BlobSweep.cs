using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Perennial.Core.Ports;

namespace Perennial.Azure.Blobs;

/// <summary>A sweep over the content of a container; what it may remove is what still has the ETag that it saw.</summary>
internal sealed class BlobSweep(BlobContentStore store, DateTimeOffset youngFrom) : IContentSweep
{
    private readonly ConcurrentDictionary<ContentHash, byte> _touched = new();
    private readonly ConcurrentDictionary<ContentHash, ETag> _old = new();

    public IReadOnlyCollection<ContentHash> Touched => [.. _touched.Keys];

    public void Touch(ContentHash hash) => _touched[hash] = 0;

    public async IAsyncEnumerable<StoredContent> List([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (hash, item) in store.Items(cancellationToken))
        {
            // Who has no date or no ETag is kept.
            var isYoung = item.Properties.LastModified is not { } at || item.Properties.ETag is not { } etag || at > youngFrom || !Remember(hash, etag);
            yield return new StoredContent(hash, item.Properties.ContentLength ?? 0, isYoung || _touched.ContainsKey(hash));
        }
    }

    public async Task<bool> TryRemove(ContentHash hash, CancellationToken cancellationToken = default) =>
        !_touched.ContainsKey(hash) && _old.TryGetValue(hash, out var etag) && await store.DeleteUnchanged(hash, etag, cancellationToken);

    public void Dispose() => store.End(this);

    private bool Remember(ContentHash hash, ETag etag)
    {
        _old[hash] = etag;
        return true;
    }
}
