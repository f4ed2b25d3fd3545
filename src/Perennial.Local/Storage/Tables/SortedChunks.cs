namespace Perennial.Local.Storage.Tables;

/// <summary>
/// A sorted map of entities as a list of short sorted arrays: little memory beside the entities, ranges by binary search. A chunk is
/// never changed once made, so <see cref="Freeze"/> is a copy of the list of chunks only. Not safe for concurrent use.
/// </summary>
internal sealed class SortedChunks
{
    private const int MaxChunk = 256;
    private readonly List<StoredEntity[]> _chunks = [];

    public int Count { get; private set; }

    public StoredEntity? Find(string partition, string row)
    {
        var (chunk, index, found) = Seek(partition, row);
        return found ? _chunks[chunk][index] : null;
    }

    /// <summary>Adds or replaces.</summary>
    public void Set(StoredEntity entity)
    {
        var (chunk, index, found) = Seek(entity.Partition, entity.Row);
        if (_chunks.Count == 0)
        {
            _chunks.Add([entity]);
            Count++;
            return;
        }
        var old = _chunks[chunk];
        if (found)
        {
            var same = (StoredEntity[])old.Clone();
            same[index] = entity;
            _chunks[chunk] = same;
            return;
        }
        var grown = new StoredEntity[old.Length + 1];
        old.AsSpan(0, index).CopyTo(grown);
        grown[index] = entity;
        old.AsSpan(index).CopyTo(grown.AsSpan(index + 1));
        Count++;
        if (grown.Length <= MaxChunk)
        {
            _chunks[chunk] = grown;
            return;
        }
        // Rows mostly come in order: what was appended at the end leaves a full chunk behind, not a half one.
        var cut = index == grown.Length - 1 ? index : grown.Length / 2;
        _chunks[chunk] = grown[..cut];
        _chunks.Insert(chunk + 1, grown[cut..]);
    }

    public void Remove(string partition, string row)
    {
        var (chunk, index, found) = Seek(partition, row);
        if (!found) return;
        Count--;
        var old = _chunks[chunk];
        if (old.Length == 1)
        {
            _chunks.RemoveAt(chunk);
            return;
        }
        var less = new StoredEntity[old.Length - 1];
        old.AsSpan(0, index).CopyTo(less);
        old.AsSpan(index + 1).CopyTo(less.AsSpan(index));
        _chunks[chunk] = less;
    }

    /// <summary>The entities from a key on (after it, where <paramref name="exclusive"/>), in order. Not to be changed meanwhile.</summary>
    public IEnumerable<StoredEntity> From(string partition, string row, bool exclusive)
    {
        var (chunk, index, found) = Seek(partition, row);
        if (found && exclusive) index++;
        for (; chunk < _chunks.Count; chunk++, index = 0)
        {
            for (; index < _chunks[chunk].Length; index++) yield return _chunks[chunk][index];
        }
    }

    /// <summary>All entities as they are now, whatever changes later.</summary>
    public IReadOnlyList<StoredEntity[]> Freeze() => [.. _chunks];

    private (int Chunk, int Index, bool Found) Seek(string partition, string row)
    {
        int low = 0, high = _chunks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_chunks[middle][0].CompareTo(partition, row) <= 0) low = middle;
            else high = middle - 1;
        }
        if (_chunks.Count == 0) return (0, 0, false);
        var chunk = _chunks[low];
        int from = 0, to = chunk.Length;
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (chunk[middle].CompareTo(partition, row) < 0) from = middle + 1;
            else to = middle;
        }
        return (low, from, from < chunk.Length && chunk[from].CompareTo(partition, row) == 0);
    }
}
