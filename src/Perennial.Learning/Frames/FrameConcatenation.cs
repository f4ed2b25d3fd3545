namespace Perennial.Learning.Frames;

/// <summary>Puts frames under one another.</summary>
public static class FrameConcatenation
{
    /// <summary>
    /// All rows of all parts in order, with the first part's column order. Columns are matched by name; the levels of categorical
    /// columns are merged in ordinal order.
    /// </summary>
    /// <exception cref="ArgumentException">There is no part, or a part's columns differ in name or type from the first one's.</exception>
    public static Frame Concat(IReadOnlyList<Frame> parts)
    {
        if (parts.Count == 0) throw new ArgumentException("There is nothing to put together.", nameof(parts));
        foreach (var part in parts) CheckSame(parts[0], part);
        var columns = parts[0].Columns.Select(c => Concat(c.Name, [.. parts.Select(p => p[c.Name])])).ToArray();
        return new Frame(columns, parts.Sum(p => p.RowCount));
    }

    private static void CheckSame(Frame first, Frame part)
    {
        foreach (var column in first.Columns)
        {
            var other = part.Find(column.Name) ?? throw new ArgumentException($"One frame has no column '{column.Name}'.");
            if (other.Type != column.Type)
                throw new ArgumentException($"Column '{column.Name}' is {column.Type} in one frame and {other.Type} in another.");
        }
        if (part.Columns.FirstOrDefault(c => first.Find(c.Name) is null) is { } extra)
            throw new ArgumentException($"Only some frames have a column '{extra.Name}'.");
    }

    private static Column Concat(string name, Column[] parts) => parts[0].Type switch
    {
        ColumnType.Numeric => new NumericColumn(name, [.. parts.SelectMany(p => ((NumericColumn)p).Values.ToArray())]),
        ColumnType.Boolean => new BooleanColumn(name, [.. parts.SelectMany(p => ((BooleanColumn)p).Values.ToArray())]),
        ColumnType.Timestamp => new TimestampColumn(name, [.. parts.SelectMany(p => ((TimestampColumn)p).Ticks.ToArray())]),
        ColumnType.Text => new TextColumn(name, [.. parts.SelectMany(p => ((TextColumn)p).Values.ToArray())]),
        _ => Merge(name, [.. parts.Cast<CategoricalColumn>()]),
    };

    private static CategoricalColumn Merge(string name, CategoricalColumn[] parts)
    {
        var levels = parts.SelectMany(p => p.Levels.ToArray()).Distinct(StringComparer.Ordinal).ToArray();
        Array.Sort(levels, StringComparer.Ordinal);
        var codes = new int[parts.Sum(p => p.Length)];
        var row = 0;
        foreach (var part in parts)
        {
            var codeOf = new int[part.Levels.Length];
            for (var code = 0; code < codeOf.Length; code++)
                codeOf[code] = Array.BinarySearch(levels, part.Levels[code], StringComparer.Ordinal);
            foreach (var code in part.Codes) codes[row++] = code < 0 ? CategoricalColumn.Missing : codeOf[code];
        }
        return new CategoricalColumn(name, codes, levels);
    }
}
