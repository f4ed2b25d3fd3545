namespace Perennial.Learning.Frames;

/// <summary>An immutable table of named columns of equal length.</summary>
public sealed class Frame
{
    private readonly Dictionary<string, Column> _byName;

    /// <summary>Makes a frame of columns.</summary>
    /// <exception cref="ArgumentException">Two columns share a name, or lengths differ.</exception>
    public Frame(IReadOnlyList<Column> columns, int? rowCount = null)
    {
        Columns = columns;
        RowCount = rowCount ?? (columns.Count == 0 ? 0 : columns[0].Length);
        _byName = new Dictionary<string, Column>(columns.Count, StringComparer.Ordinal);
        foreach (var column in columns)
        {
            if (column.Length != RowCount)
                throw new ArgumentException($"Column '{column.Name}' has {column.Length} rows where the frame has {RowCount}.");
            if (!_byName.TryAdd(column.Name, column))
                throw new ArgumentException($"Two columns are named '{column.Name}'.");
        }
    }

    /// <summary>The columns, in order.</summary>
    public IReadOnlyList<Column> Columns { get; }

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>The names and types of the columns, in order.</summary>
    public IReadOnlyList<ColumnSchema> Schema => [.. Columns.Select(c => new ColumnSchema(c.Name, c.Type))];

    /// <summary>The column of that name.</summary>
    /// <exception cref="KeyNotFoundException">There is none.</exception>
    public Column this[string name] => Find(name) ?? throw new KeyNotFoundException($"The frame has no column '{name}'.");

    /// <summary>The column of that name, or null.</summary>
    public Column? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The rows at the given 0-based indices, in that order.</summary>
    public Frame Take(ReadOnlySpan<int> rows)
    {
        var columns = new Column[Columns.Count];
        for (var i = 0; i < columns.Length; i++) columns[i] = Columns[i].Take(rows);
        return new Frame(columns, rows.Length);
    }

    /// <summary>The frame without the named columns; names that are not there are ignored.</summary>
    public Frame Without(IReadOnlySet<string> names) => new([.. Columns.Where(c => !names.Contains(c.Name))], RowCount);

    /// <summary>The named columns only, in the given order.</summary>
    public Frame Select(IEnumerable<string> names) => new([.. names.Select(n => this[n])], RowCount);
}
