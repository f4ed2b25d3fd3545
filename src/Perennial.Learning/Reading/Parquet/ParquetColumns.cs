using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Cells;
using Perennial.Learning.Reading.Chunks;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Makes typed columns of a file's columns, each by itself and on any thread.</summary>
internal sealed class ParquetColumns
{
    private readonly ParquetFile _file;
    private readonly IReadOnlyList<RowGroup> _groups;
    private readonly int _rows;
    private readonly ReadOptions _options;
    private readonly byte[][] _missing;
    private readonly ParquetBudget _budget;
    private readonly LineMap _lines = new("row");
    private readonly RowMap _map = new();

    public ParquetColumns(ParquetFile file, IReadOnlyList<RowGroup> groups, int rows, ReadOptions options)
    {
        (_file, _groups, _rows, _options) = (file, groups, rows, options);
        _missing = [.. options.MissingTokens.Select(Encoding.UTF8.GetBytes)];
        _budget = new ParquetBudget(options, ParquetReader.Most(file, options), file.Faults);
        _lines.Add(1, rows);
        _map.Append(0, 0, rows);
    }

    /// <summary>A column, what is to be said of it, and its cells that are not of its type, by row.</summary>
    public sealed record Result(Column Column, ColumnReport Report, IReadOnlyList<BadCell> Bad);

    /// <summary>Reads a column as the type that is declared, or as the file's, or as the one that its strings turn out to have.</summary>
    public Result Read(LeafColumn leaf)
    {
        var faults = _file.Faults.In(leaf.Name);
        var declared = _options.Schema?.FirstOrDefault(s => s.Name == leaf.Name)?.Type
            ?? (_options.Types.TryGetValue(leaf.Name, out var type) ? type : null);
        var bad = new BadCells(_options.MaxBadRows);
        if (leaf.Natural is not { } natural || (declared ?? natural) != natural || _options.MissingTokens.Any(t => MaySpell(natural, t)))
            return ReadSpelled(leaf, declared ?? leaf.Natural, declared is not null, bad, faults);
        Column column = natural switch
        {
            ColumnType.Numeric => new NumericColumn(leaf.Name, ReadTyped<double, ParquetNumbers>(leaf, bad, faults)),
            ColumnType.Boolean => new BooleanColumn(leaf.Name, ReadTyped<sbyte, ParquetBooleans>(leaf, bad, faults)),
            _ => new TimestampColumn(leaf.Name, ReadTyped<long, ParquetInstants>(leaf, bad, faults)),
        };
        return Of(column, DistinctValues.Count(column, Math.Max(_options.MaxCategoricalLevels, _options.DistinctCells)), declared is not null, bad.Cells);
    }

    /// <summary>A declared column that the file may lack, and does.</summary>
    public static Result Absent(ColumnSchema schema, int rows)
    {
        var map = new RowMap();
        map.Append(0, 0, rows);
        var cells = new ColumnCells(schema.Name, new ColumnShare(new ReadOptions(), []), [null], map);
        return Of(ColumnParsing.Parse(schema.Type, cells, 0, static (_, _) => { }), 0, declared: true, []);
    }

    private static Result Of(Column column, int? distinct, bool declared, IReadOnlyList<BadCell> bad)
    {
        var missing = column.CountMissing() - bad.Count;
        var reason = $"{column.Type.ToString().ToLowerInvariant()}: {(declared ? "declared" : "the file says so")}; {Counted.Of(missing, "missing")}"
            + (bad.Count == 0 ? "" : $"; {bad.Count:N0} bad");
        return new Result(column, new ColumnReport(column.Name, column.Type, missing, distinct, reason, []), bad);
    }

    private T[] ReadTyped<T, TType>(LeafColumn leaf, BadCells bad, ParquetFaults faults)
        where T : unmanaged
        where TType : IParquetType<T>
    {
        var cells = new TypedCells<T, TType>(leaf, _rows, bad, _budget);
        new ParquetColumnReader(_file, leaf, cells, _budget, faults).Read(_groups);
        return cells.Values;
    }

    private Result ReadSpelled(LeafColumn leaf, ColumnType? type, bool declared, BadCells bad, ParquetFaults faults)
    {
        var share = new ColumnShare(_options, _missing);
        using var spelled = new SpelledCells(leaf, share, bad, _budget, faults);
        new ParquetColumnReader(_file, leaf, spelled, _budget, faults).Read(_groups);
        var cells = new ColumnCells(leaf.Name, share, [spelled.Store], _map);
        var (missing, distinct) = (cells.Missing - bad.Cells.Count, cells.Distinct);
        if (type is null)
        {
            var inferred = ColumnInference.Infer(cells, _options, _lines);
            var report = new ColumnReport(leaf.Name, inferred.Type, missing, distinct, inferred.Reason, inferred.Hints);
            return new Result(ColumnParsing.Parse(inferred.Type, cells, 0, static (_, _) => { }), report, bad.Cells);
        }
        var column = ColumnParsing.Parse(type.Value, cells, _options.MaxBadRows, bad.Add);
        return Of(column, distinct, declared, [.. bad.Cells.OrderBy(c => c.Row)]);
    }

    /// <summary>Whether a token for missing may be how a value of the type is spelled, so that spellings must be looked at.</summary>
    private static bool MaySpell(ColumnType type, string token)
    {
        var cell = Encoding.UTF8.GetBytes(token);
        return type switch
        {
            ColumnType.Numeric => NumberParsing.TryParse(cell, out _),
            ColumnType.Boolean => ColumnParsing.TryBoolean(cell, out _),
            _ => TimestampParsing.Parse(cell, out _) != TimestampForm.None,
        };
    }
}

/// <summary>Counts the different values of a typed column.</summary>
internal static class DistinctValues
{
    /// <summary>How many there are besides missing ones; null where they are more than the limit.</summary>
    public static int? Count(Column column, int limit) => column switch
    {
        NumericColumn numbers => Count(numbers.Values, limit, static v => double.IsNaN(v)),
        TimestampColumn times => Count(times.Ticks, limit, static v => v == TimestampColumn.Missing),
        BooleanColumn booleans => Count(booleans.Values, limit, static v => v == BooleanColumn.Missing),
        _ => null,
    };

    private static int? Count<T>(ReadOnlySpan<T> values, int limit, Func<T, bool> isMissing)
        where T : unmanaged
    {
        var seen = new HashSet<T>();
        foreach (var value in values)
            if (!isMissing(value) && seen.Add(value) && seen.Count > limit) return null;
        return seen.Count;
    }
}
