namespace Perennial.Local.Orchestration;

/// <summary>
/// Entries in ordinal order of their ids, as a list of short sorted lists: eight bytes an entry, and a page is found by binary search.
/// Not thread-safe.
/// </summary>
internal sealed class InstanceOrder
{
    private const int MaxChunk = 512;
    private readonly List<List<IndexEntry>> _chunks = [];

    /// <param name="entries">In any order, each id once.</param>
    public InstanceOrder(IEnumerable<IndexEntry> entries)
    {
        var sorted = entries.ToArray();
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        foreach (var chunk in sorted.Chunk(MaxChunk))
        {
            _chunks.Add([.. chunk]);
        }
    }

    /// <summary>Adds an entry, or puts it in the place of the one with its id.</summary>
    public void Put(IndexEntry entry)
    {
        if (_chunks.Count == 0)
        {
            _chunks.Add([entry]);
            return;
        }

        var (at, index, found) = Seek(entry.Id);
        var chunk = _chunks[at];
        if (found)
        {
            chunk[index] = entry;
            return;
        }

        chunk.Insert(index, entry);
        if (chunk.Count > MaxChunk)
        {
            // Ids mostly come in order: what was appended at the end leaves a full chunk behind, not a half one.
            var cut = index == chunk.Count - 1 ? index : chunk.Count / 2;
            _chunks.Insert(at + 1, chunk.GetRange(cut, chunk.Count - cut));
            chunk.RemoveRange(cut, chunk.Count - cut);
        }
    }

    public void Remove(string id)
    {
        if (_chunks.Count == 0 || Seek(id) is not (var at, var index, true))
        {
            return;
        }

        _chunks[at].RemoveAt(index);
        if (_chunks[at].Count == 0)
        {
            _chunks.RemoveAt(at);
        }
    }

    /// <summary>The entries whose id comes at or after the given one. Not to be changed meanwhile.</summary>
    public IEnumerable<IndexEntry> From(string id)
    {
        if (_chunks.Count == 0)
        {
            yield break;
        }

        var (at, index, _) = Seek(id);
        for (; at < _chunks.Count; at++, index = 0)
        {
            for (; index < _chunks[at].Count; index++)
            {
                yield return _chunks[at][index];
            }
        }
    }

    // The place of the first id at or after the given one, in the last chunk that begins at or before it.
    private (int Chunk, int Index, bool Found) Seek(string id)
    {
        int low = 0, high = _chunks.Count - 1;
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (string.CompareOrdinal(_chunks[middle][0].Id, id) <= 0)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        var chunk = _chunks[low];
        int from = 0, to = chunk.Count;
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (string.CompareOrdinal(chunk[middle].Id, id) < 0)
            {
                from = middle + 1;
            }
            else
            {
                to = middle;
            }
        }

        return (low, from, from < chunk.Count && chunk[from].Id == id);
    }
}
