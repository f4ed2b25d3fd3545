namespace Perennial.Local.Storage.Tables;

/// <summary>All tables in memory. Not safe for concurrent use.</summary>
internal sealed class TableState
{
    private readonly SortedDictionary<string, SortedChunks> _tables = new(StringComparer.Ordinal);

    /// <summary>The number of the last write; every new entity takes the next.</summary>
    public long Sequence { get; set; }

    /// <summary>The names of all tables.</summary>
    public IReadOnlyList<string> Names => [.. _tables.Keys];

    public SortedChunks? Table(string name) => _tables.GetValueOrDefault(name);

    public void Apply(Change change)
    {
        if (!_tables.TryGetValue(change.Table, out var table)) _tables[change.Table] = table = new SortedChunks();
        if (change.Removes)
        {
            table.Remove(change.Entity.Key);
            return;
        }
        table.Set(change.Entity);
        Sequence = Math.Max(Sequence, change.Entity.Sequence);
    }

    /// <summary>All entities as they are now, by table.</summary>
    public IReadOnlyList<(string Table, IReadOnlyList<EntityChunk> Chunks)> Freeze() =>
        [.. _tables.Select(table => (table.Key, table.Value.Freeze()))];
}
