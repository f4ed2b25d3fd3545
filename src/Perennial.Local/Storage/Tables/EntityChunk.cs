namespace Perennial.Local.Storage.Tables;

/// <summary>A short sorted run of entities, never empty once it is in a table.</summary>
internal sealed class EntityChunk
{
    private StoredEntity[] _entities = [];

    public int Count { get; private set; }

    /// <summary>Whether someone else keeps it: then it must not change.</summary>
    public bool IsFrozen { get; set; }

    public StoredEntity First => _entities[0];

    public StoredEntity Last => _entities[Count - 1];

    public StoredEntity this[int index] => _entities[index];

    /// <summary>Where a key is or would be.</summary>
    public (int Index, bool Found) Seek(ReadOnlySpan<byte> key)
    {
        int from = 0, to = Count;
        while (from < to)
        {
            var middle = (from + to) / 2;
            var order = _entities[middle].Key.SequenceCompareTo(key);
            if (order == 0) return (middle, true);
            if (order < 0) from = middle + 1;
            else to = middle;
        }
        return (from, false);
    }

    public void Replace(int index, StoredEntity entity) => _entities[index] = entity;

    public void Insert(int index, StoredEntity entity)
    {
        if (Count == _entities.Length) Array.Resize(ref _entities, Math.Max(4, Count * 2));
        _entities.AsSpan(index, Count - index).CopyTo(_entities.AsSpan(index + 1));
        _entities[index] = entity;
        Count++;
    }

    public void Remove(int index)
    {
        _entities.AsSpan(index + 1, Count - index - 1).CopyTo(_entities.AsSpan(index));
        _entities[--Count] = default;
    }

    public void Append(EntityChunk other)
    {
        if (_entities.Length < Count + other.Count) Array.Resize(ref _entities, Count + other.Count);
        other._entities.AsSpan(0, other.Count).CopyTo(_entities.AsSpan(Count));
        Count += other.Count;
    }

    /// <summary>Keeps the first half and returns the second.</summary>
    public EntityChunk Split()
    {
        var kept = Count / 2;
        var second = new EntityChunk { _entities = _entities[kept..Count], Count = Count - kept };
        _entities.AsSpan(kept).Clear();
        Count = kept;
        return second;
    }

    /// <summary>The same, free to change.</summary>
    public EntityChunk Copy() => new() { _entities = [.. _entities.AsSpan(0, Count)], Count = Count };
}
