using Perennial.Core.Ports;

namespace Perennial.Core.Governance.Retention;

/// <summary>Which content is referred to so far.</summary>
internal sealed class Marking(IContentStore content)
{
    private readonly Dictionary<ContentHash, long> _unreferred = [];
    private readonly HashSet<ContentHash> _grown = [];
    private readonly Queue<ContentHash> _unread = new();

    /// <summary>All content that was added.</summary>
    public int Count { get; private set; }

    /// <summary>Its bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>How much of it was young.</summary>
    public int Young { get; private set; }

    /// <summary>What nothing refers to, with its bytes.</summary>
    public IEnumerable<KeyValuePair<ContentHash, long>> Unreferred => _unreferred;

    /// <summary>Adds content: young content is a root.</summary>
    public void Add(StoredContent stored)
    {
        Count++;
        Bytes += stored.Bytes;
        if (!stored.IsYoung)
        {
            _unreferred.Add(stored.Hash, stored.Bytes);
            return;
        }
        Young++;
        Grow(stored.Hash);
    }

    /// <summary>Notes a reference. A hash of no content, or of content noted before, changes nothing.</summary>
    public void Refer(ContentHash hash)
    {
        if (_unreferred.Remove(hash)) _unread.Enqueue(hash);
    }

    /// <summary>Notes content that came, or was asked for, meanwhile: what it refers to is referred to.</summary>
    public void Grow(ContentHash hash)
    {
        _unreferred.Remove(hash);
        if (_grown.Add(hash)) _unread.Enqueue(hash);
    }

    /// <summary>Reads all content that is referred to and was not read before.</summary>
    /// <exception cref="DamagedContentException">Some of it is not as it was stored.</exception>
    public async Task Settle(CancellationToken cancellationToken)
    {
        while (_unread.TryDequeue(out var hash))
        {
            await using var stream = await content.Open(hash, cancellationToken);
            if (stream is null) continue;
            // Damage may hide what it refers to, and then nothing may be removed.
            if (await ContentReferences.FindInJson(stream, Refer, cancellationToken) is { } found && found != hash) throw new DamagedContentException(hash);
        }
    }
}
