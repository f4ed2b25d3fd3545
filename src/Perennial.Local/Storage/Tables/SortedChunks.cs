namespace Perennial.Local.Storage.Tables;

/// <summary>
/// A sorted map of entities as a list of short sorted arrays: little memory beside the entities, ranges by binary search. A chunk that
/// was frozen is copied before it changes, so <see cref="Freeze"/> is a copy of the list of chunks only. Not safe for concurrent use.
/// </summary>
internal sealed class SortedChunks
{
    private const int MaxChunk = 256;
    private readonly List<EntityChunk> _chunks = [];

    public int Count { get; private set; }

    /// <summary>The entity with a key; one that does not exist where there is none.</summary>
    public StoredEntity Find(ReadOnlySpan<byte> key)
    {
        var (chunk, index, found) = Seek(key);
        return found ? _chunks[chunk][index] : default;
    }

    /// <summary>Adds or replaces. Adding behind the last is cheapest.</summary>
    public void Set(StoredEntity entity)
    {
        if (_chunks.Count == 0 || _chunks[^1].Last.Key.SequenceCompareTo(entity.Key) < 0)
        {
            Append(entity);
            return;
        }
        var (number, index, found) = Seek(entity.Key);
        var chunk = Changeable(number);
        if (found)
        {
            chunk.Replace(index, entity);
            return;
        }
        Count++;
        if (chunk.Count == MaxChunk)
        {
            // Rows mostly come in order: what was appended at the end leaves a full chunk behind, not a half one.
            _chunks.Insert(number + 1, index == MaxChunk ? new EntityChunk() : chunk.Split());
            if (index >= chunk.Count) (chunk, index) = (_chunks[number + 1], index - chunk.Count);
        }
        chunk.Insert(index, entity);
    }

    public void Remove(ReadOnlySpan<byte> key)
    {
        var (number, index, found) = Seek(key);
        if (!found) return;
        Count--;
        var chunk = Changeable(number);
        chunk.Remove(index);
        if (chunk.Count == 0) _chunks.RemoveAt(number);
        else if (number + 1 < _chunks.Count && chunk.Count + _chunks[number + 1].Count <= MaxChunk / 2)
        {
            chunk.Append(_chunks[number + 1]);
            _chunks.RemoveAt(number + 1);
        }
    }

    /// <summary>The entities from a key on (after it, where <paramref name="exclusive"/>), in order. Not to be changed meanwhile.</summary>
    public IEnumerable<StoredEntity> From(byte[] key, bool exclusive)
    {
        var (chunk, index, found) = Seek(key);
        if (found && exclusive) index++;
        for (; chunk < _chunks.Count; chunk++, index = 0)
        {
            for (; index < _chunks[chunk].Count; index++) yield return _chunks[chunk][index];
        }
    }

    /// <summary>All entities as they are now, whatever changes later.</summary>
    public IReadOnlyList<EntityChunk> Freeze()
    {
        foreach (var chunk in _chunks) chunk.IsFrozen = true;
        return [.. _chunks];
    }

    private void Append(StoredEntity entity)
    {
        Count++;
        if (_chunks.Count == 0 || _chunks[^1].Count == MaxChunk) _chunks.Add(new EntityChunk());
        var last = Changeable(_chunks.Count - 1);
        last.Insert(last.Count, entity);
    }

    private EntityChunk Changeable(int number) => _chunks[number].IsFrozen ? _chunks[number] = _chunks[number].Copy() : _chunks[number];

    private (int Chunk, int Index, bool Found) Seek(ReadOnlySpan<byte> key)
    {
        if (_chunks.Count == 0) return (0, 0, false);
        int low = 0, high = _chunks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_chunks[middle].First.Key.SequenceCompareTo(key) <= 0) low = middle;
            else high = middle - 1;
        }
        var (index, found) = _chunks[low].Seek(key);
        return (low, index, found);
    }
}
