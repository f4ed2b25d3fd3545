using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Core.Serving.Traffic;

/// <summary>Arrays in the content store. Those that were used last stay in memory, for all models together.</summary>
internal sealed class SealedPages(IContentStore content, TrafficSealing sealing)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ContentHash, LinkedListNode<Kept>> _kept = [];
    private readonly LinkedList<Kept> _byUse = new();
    private long _bytes;

    /// <summary>The entries.</summary>
    /// <exception cref="MissingContentException">They are gone.</exception>
    /// <exception cref="DamagedContentException">They are not as they were written.</exception>
    public async Task<T[]> Read<T>(ContentHash hash, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue(hash, out var node) && node.Value.Entries is T[] kept)
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return kept;
            }
        }
        var bytes = await content.GetBytes(hash, cancellationToken);
        var entries = JsonSerializer.Deserialize<T[]>(bytes, CoreJson.Options)!;
        Keep(new Kept(hash, entries, bytes.Length));
        return entries;
    }

    /// <summary>Writes entries.</summary>
    public Task<ContentHash> Write<T>(IReadOnlyList<T> entries, CancellationToken cancellationToken) => content.PutJson(entries, cancellationToken);

    private void Keep(Kept kept)
    {
        lock (_gate)
        {
            if (_kept.ContainsKey(kept.Hash)) return;
            _kept[kept.Hash] = _byUse.AddFirst(kept);
            _bytes += kept.Bytes;
            while (_bytes > sealing.CacheBytes && _byUse.Last is { } last)
            {
                _byUse.RemoveLast();
                _kept.Remove(last.Value.Hash);
                _bytes -= last.Value.Bytes;
            }
        }
    }

    private sealed record Kept(ContentHash Hash, Array Entries, long Bytes);
}
