namespace Perennial.Local.Storage.Tables;

/// <summary>The state with the changes of a group on top that are not durable yet.</summary>
internal sealed class Overlay(TableState state)
{
    private readonly Dictionary<(string Table, StoredEntity Entity), StoredEntity> _changed = new(new SameKey());

    private bool _isAsked;

    /// <summary>The number of the last write of the group so far.</summary>
    public long Sequence { get; set; }

    /// <summary>Begins a group: there is nothing on top of the state.</summary>
    /// <param name="isAsked">Whether <see cref="Find"/> will be called at all.</param>
    public void Begin(bool isAsked)
    {
        _isAsked = isAsked;
        _changed.Clear();
        Sequence = state.Sequence;
    }

    /// <summary>The entity that has the key of another; one that does not exist where there is none.</summary>
    public StoredEntity Find(string table, StoredEntity same) =>
        _changed.TryGetValue((table, same), out var entity) ? entity : state.Table(table)?.Find(same.Key) ?? default;

    public void Add(string table, StoredEntity entity, bool removes)
    {
        if (_isAsked) _changed[(table, entity)] = removes ? default : entity;
    }

    private sealed class SameKey : IEqualityComparer<(string Table, StoredEntity Entity)>
    {
        public bool Equals((string Table, StoredEntity Entity) x, (string Table, StoredEntity Entity) y) =>
            x.Table == y.Table && x.Entity.Key.SequenceEqual(y.Entity.Key);

        public int GetHashCode((string Table, StoredEntity Entity) key)
        {
            var hash = new HashCode();
            hash.AddBytes(key.Entity.Key);
            return hash.ToHashCode();
        }
    }
}
