using Perennial.Learning.Frames;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>What the values of a column mean here.</summary>
internal enum ParquetMeaning
{
    Boolean,
    Integer,
    UnsignedInteger,
    Real,
    Decimal,
    Text,
    Date,
    Time,
    Timestamp,
    Uuid,

    /// <summary>Nothing: every value is missing.</summary>
    Nothing,
}

/// <summary>A column of a flat schema.</summary>
internal sealed record LeafColumn
{
    public required string Name { get; init; }

    /// <summary>Its place among all leaves, which is that in each row group.</summary>
    public required int Index { get; init; }

    public required PhysicalType Physical { get; init; }

    /// <summary>Bytes of a plain value; 0 where each has its own length.</summary>
    public required int Width { get; init; }

    public required ParquetMeaning Meaning { get; init; }

    public bool Optional { get; init; }

    /// <summary>Of a decimal: digits after the point.</summary>
    public int Scale { get; init; }

    /// <summary>Of a time or instant.</summary>
    public long UnitsPerSecond { get; init; }

    /// <summary>The type that values have without being looked at; null where they are strings, of which the type is inferred.</summary>
    public ColumnType? Natural => Meaning switch
    {
        ParquetMeaning.Boolean => ColumnType.Boolean,
        ParquetMeaning.Integer or ParquetMeaning.UnsignedInteger or ParquetMeaning.Real or ParquetMeaning.Decimal => ColumnType.Numeric,
        ParquetMeaning.Date or ParquetMeaning.Timestamp => ColumnType.Timestamp,
        _ => null,
    };
}
