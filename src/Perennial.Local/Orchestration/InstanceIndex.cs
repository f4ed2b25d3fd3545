namespace Perennial.Local.Orchestration;

/// <summary>All instances by id. Not thread-safe.</summary>
internal sealed class InstanceIndex
{
    private Dictionary<string, IndexEntry> _entries = new(StringComparer.Ordinal);

    // Made when somebody first asks for an order: the opening adds very many at once.
    private InstanceOrder? _order;

    /// <summary>The last serial that was given.</summary>
    public long LastSerial { get; private set; }

    /// <summary>Every entry, in no order.</summary>
    public IEnumerable<IndexEntry> All => _entries.Values;

    /// <summary>The entries whose id comes at or after the given one, in ordinal order. Not to be changed meanwhile.</summary>
    public IEnumerable<IndexEntry> From(string id) => (_order ??= new InstanceOrder(_entries.Values)).From(id);

    public IndexEntry? Find(string id) => _entries.GetValueOrDefault(id);

    public long NextSerial() => ++LastSerial;

    /// <summary>Notes that serials up to this one were given.</summary>
    public void RaiseSerial(long serial) => LastSerial = Math.Max(LastSerial, serial);

    public void Put(IndexEntry entry)
    {
        RaiseSerial(entry.Head.Serial);
        _entries[entry.Id] = entry;
        _order?.Put(entry);
    }

    public void Remove(string id)
    {
        if (_entries.Remove(id))
        {
            _order?.Remove(id);
        }
    }

    /// <summary>Becomes what another index is.</summary>
    public void TakeOver(InstanceIndex other) => (_entries, _order, LastSerial) = (other._entries, other._order, other.LastSerial);
}
