using System.Globalization;
using System.Runtime.CompilerServices;
using Perennial.Core.Ports;

namespace Perennial.Contracts.Fakes;

/// <summary>Named blobs in memory.</summary>
public sealed class InMemoryNamedBlobs : INamedBlobs
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, NamedBlob> _blobs = new(StringComparer.Ordinal);
    private long _writes;

    public Task<NamedBlob?> Read(string name, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        lock (_lock) return Task.FromResult(_blobs.GetValueOrDefault(name));
    }

    public Task<string?> Write(string name, ReadOnlyMemory<byte> content, string? ifMatch, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        if (content.Length > 4 * 1024 * 1024) throw new ArgumentException($"Blob '{name}' has {content.Length} bytes; at most 4 MiB are allowed.");
        lock (_lock)
        {
            var current = _blobs.GetValueOrDefault(name)?.ETag;
            if (ifMatch != "*" && ifMatch != current) return Task.FromResult<string?>(null);
            var etag = (++_writes).ToString(CultureInfo.InvariantCulture);
            _blobs[name] = new NamedBlob(content.ToArray(), etag);
            return Task.FromResult<string?>(etag);
        }
    }

    public Task<bool> Delete(string name, CancellationToken cancellationToken = default)
    {
        StoreNames.Check("blob", name);
        lock (_lock) return Task.FromResult(_blobs.Remove(name));
    }

    public async IAsyncEnumerable<string> List(string prefix, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        string[] names;
        lock (_lock) names = [.. _blobs.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal))];
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return name;
        }
    }
}
