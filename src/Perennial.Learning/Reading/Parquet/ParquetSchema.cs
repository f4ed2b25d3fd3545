using System.Globalization;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>The columns of a schema. One level of them is read; what is below a group, or occurs more than once in a row, is refused.</summary>
/// <param name="options">How the file is read.</param>
/// <param name="faults">For the file.</param>
internal sealed class ParquetSchema(ReadOptions options, ParquetFaults faults)
{
    private const string Flatten = "Make one column of each single value, or leave the column out";

    /// <summary>The wanted columns in the order of the file, how many leaves there are, and all names of the first level.</summary>
    public (IReadOnlyList<LeafColumn> Columns, int Leaves, IReadOnlyList<string> Names) Read(IReadOnlyList<SchemaElement> schema)
    {
        if (schema.Count == 0 || schema[0].Children < 0) throw faults.Damaged("it has no schema", 0);
        var wanted = options.Schema?.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var (columns, names, leaves) = (new List<LeafColumn>(), new List<string>(), 0);
        for (var at = 1; at < schema.Count;)
        {
            var element = schema[at];
            if (wanted?.Contains(element.Name) != false) columns.Add(Leaf(element, leaves));
            names.Add(element.Name);
            leaves += CountLeaves(schema, ref at);
        }
        Check(names, schema[0].Children);
        return (columns, leaves, names);
    }

    private void Check(List<string> names, int declared)
    {
        if (names.Count != declared) throw faults.Damaged("its schema has another number of columns than it says", 0);
        if (names.Count == 0) throw faults.Of("no-columns", "The Parquet file has no columns.");
        if (names.Count > options.MaxColumns)
            throw faults.Of("too-many-columns", $"The file has {Text(names.Count)} columns; at most {Text(options.MaxColumns)} are allowed.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            if (string.IsNullOrWhiteSpace(name)) throw faults.Of("empty-column-name", "A column's name is empty. Give each column a name.");
            if (!seen.Add(name)) throw faults.In(name).Of("duplicate-column-name", "The file names this column twice. Rename or remove one.");
        }
    }

    /// <summary>Moves past a node and all below it.</summary>
    private int CountLeaves(IReadOnlyList<SchemaElement> schema, ref int at)
    {
        var leaves = 0;
        for (var left = 1L; left > 0; left--)
        {
            if (at >= schema.Count || schema[at].Children < 0) throw faults.Damaged("its schema is cut off", 0);
            left += schema[at].Children;
            if (schema[at++].Children == 0) leaves++;
        }
        return leaves;
    }

    private LeafColumn Leaf(SchemaElement element, int index)
    {
        var own = faults.In(element.Name);
        if (element.Children > 0) throw own.Of("nested-column", $"The column is a group of others, such as a list, a map or a structure. {Flatten}.");
        if (element.Repetition == Repetition.Repeated) throw own.Of("nested-column", $"The column has several values a row. {Flatten}.");
        if (element.Physical is not { } physical || !Enum.IsDefined(physical)) throw own.Damaged("a column has no type that there is", 0);
        var leaf = new LeafColumn
        {
            Name = element.Name,
            Index = index,
            Physical = physical,
            Width = Width(element, physical, own),
            Optional = element.Repetition == Repetition.Optional,
            Meaning = ParquetMeaning.Nothing,
        };
        return WithMeaning(leaf, element) ?? throw own.Unsupported($"The column's values are {Described(element)}, which is not read", "Leave the column out, or write it as a string or a number");
    }

    private static int Width(SchemaElement element, PhysicalType physical, ParquetFaults own)
    {
        if (physical != PhysicalType.FixedLenByteArray)
            return physical switch { PhysicalType.Boolean => 1, PhysicalType.Int32 or PhysicalType.Float => 4, PhysicalType.Int96 => 12, PhysicalType.ByteArray => 0, _ => 8 };
        return element.TypeLength is > 0 and <= ParquetValues.MaxFixedBytes
            ? element.TypeLength
            : throw own.Damaged($"a column's values are said to have {Text(element.TypeLength)} bytes each", 0);
    }

    /// <summary>The meaning by the logical type, or by the converted type of older writers; null where it is none that is read.</summary>
    private static LeafColumn? WithMeaning(LeafColumn leaf, SchemaElement element)
    {
        var logical = element.Logical ?? OfConverted(element);
        return (leaf.Physical, logical?.Member) switch
        {
            (_, LogicalType.Unknown) => leaf,
            (PhysicalType.Boolean, null) => leaf with { Meaning = ParquetMeaning.Boolean },
            (PhysicalType.Int96, null) => leaf with { Meaning = ParquetMeaning.Timestamp },
            (PhysicalType.Float or PhysicalType.Double, null) => leaf with { Meaning = ParquetMeaning.Real },
            (PhysicalType.FixedLenByteArray, LogicalType.Float16) when leaf.Width == 2 => leaf with { Meaning = ParquetMeaning.Real },
            (PhysicalType.FixedLenByteArray, LogicalType.Uuid) when leaf.Width == 16 => leaf with { Meaning = ParquetMeaning.Uuid },
            (PhysicalType.ByteArray, null or LogicalType.String or LogicalType.Enum or LogicalType.Json) => leaf with { Meaning = ParquetMeaning.Text },
            (PhysicalType.Int32 or PhysicalType.Int64, null or LogicalType.Integer) =>
                leaf with { Meaning = logical?.Signed == false ? ParquetMeaning.UnsignedInteger : ParquetMeaning.Integer },
            (PhysicalType.Int32 or PhysicalType.Int64 or PhysicalType.ByteArray or PhysicalType.FixedLenByteArray, LogicalType.Decimal)
                when logical.Scale is >= 0 and <= ParquetValues.MaxScale => leaf with { Meaning = ParquetMeaning.Decimal, Scale = logical.Scale },
            (PhysicalType.Int32, LogicalType.Date) => leaf with { Meaning = ParquetMeaning.Date },
            (PhysicalType.Int64, LogicalType.Timestamp) => Instant(leaf, ParquetMeaning.Timestamp, logical.Unit),
            (PhysicalType.Int32 or PhysicalType.Int64, LogicalType.Time) => Instant(leaf, ParquetMeaning.Time, logical.Unit),
            _ => null,
        };
    }

    private static LeafColumn? Instant(LeafColumn leaf, ParquetMeaning meaning, int unit) =>
        unit is >= 1 and <= 3 ? leaf with { Meaning = meaning, UnitsPerSecond = unit switch { 1 => 1_000, 2 => 1_000_000, _ => 1_000_000_000 } } : null;

    /// <summary>LogicalTypes.md, "compatibility": what each converted type is as a logical one. A member of -1 is none that is read.</summary>
    private static LogicalType? OfConverted(SchemaElement element) => element.Converted switch
    {
        null => null,
        0 => new LogicalType(LogicalType.String),
        4 => new LogicalType(LogicalType.Enum),
        5 => new LogicalType(LogicalType.Decimal) { Scale = element.Scale },
        6 => new LogicalType(LogicalType.Date),
        7 or 8 => new LogicalType(LogicalType.Time) { Unit = element.Converted.Value - 6 },
        9 or 10 => new LogicalType(LogicalType.Timestamp) { Unit = element.Converted.Value - 8 },
        >= 11 and <= 14 => new LogicalType(LogicalType.Integer) { Signed = false },
        >= 15 and <= 18 => new LogicalType(LogicalType.Integer),
        19 => new LogicalType(LogicalType.Json),
        _ => new LogicalType(-1),
    };

    private static string Described(SchemaElement element) =>
        $"{element.Physical} with {(element.Logical is { } logical ? $"logical type {logical.Member}" : element.Converted is { } converted ? $"converted type {converted}" : "no meaning given")}";

    private static string Text(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
