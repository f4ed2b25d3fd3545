using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Fakes;

/// <summary>A content store in memory.</summary>
public sealed class InMemoryContentStore : IContentStore
{
    private readonly ConcurrentDictionary<ContentHash, byte[]> _contents = new();

    public async Task<ContentHash> Put(Stream content, CancellationToken cancellationToken = default)
    {
        using var buffer = new MemoryStream();
        await content.CopyToAsync(buffer, cancellationToken);
        var bytes = buffer.ToArray();
        var hash = ContentHash.Of(bytes);
        _contents.TryAdd(hash, bytes);
        return hash;
    }

    public Task<Stream?> Open(ContentHash hash, CancellationToken cancellationToken = default) =>
        Task.FromResult<Stream?>(_contents.TryGetValue(hash, out var bytes) ? new MemoryStream(bytes, writable: false) : null);

    public Task<bool> Exists(ContentHash hash, CancellationToken cancellationToken = default) => Task.FromResult(_contents.ContainsKey(hash));

    public Task<bool> Delete(ContentHash hash, CancellationToken cancellationToken = default) => Task.FromResult(_contents.TryRemove(hash, out _));

    public async IAsyncEnumerable<ContentHash> List([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var hash in _contents.Keys.OrderBy(h => h.ToString(), StringComparer.Ordinal))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return hash;
        }
    }
}
