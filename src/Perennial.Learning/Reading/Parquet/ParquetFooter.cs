namespace Perennial.Learning.Reading.Parquet;

/// <summary>How values are stored (parquet.thrift, <c>Type</c>).</summary>
internal enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLenByteArray = 7,
}

/// <summary>How often a field occurs in a row (parquet.thrift, <c>FieldRepetitionType</c>).</summary>
internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

/// <summary>What values mean: the member of parquet.thrift's <c>LogicalType</c>, by its number, and what belongs to it.</summary>
internal sealed record LogicalType(int Member)
{
    public const int String = 1, Map = 2, List = 3, Enum = 4, Decimal = 5, Date = 6, Time = 7, Timestamp = 8, Integer = 10, Unknown = 11, Json = 12,
        Uuid = 14, Float16 = 15;

    /// <summary>Of a decimal.</summary>
    public int Scale { get; init; }

    /// <summary>Of a time or instant: 1 milliseconds, 2 microseconds, 3 nanoseconds.</summary>
    public int Unit { get; init; }

    /// <summary>Of an integer.</summary>
    public bool Signed { get; init; } = true;
}

/// <summary>A node of the schema's tree, which is written from the root down.</summary>
internal sealed record SchemaElement
{
    public string Name { get; init; } = "";

    /// <summary>Null for a group.</summary>
    public PhysicalType? Physical { get; init; }

    public int TypeLength { get; init; }

    public Repetition Repetition { get; init; }

    public int Children { get; init; }

    /// <summary>parquet.thrift's <c>ConvertedType</c>, which older writers say instead of a logical type.</summary>
    public int? Converted { get; init; }

    public int Scale { get; init; }

    public LogicalType? Logical { get; init; }
}

/// <summary>The values of one column in one row group.</summary>
internal sealed record ColumnChunk
{
    public PhysicalType? Physical { get; init; }

    public int Codec { get; init; }

    public long Values { get; init; }

    /// <summary>Bytes of its pages with their headers, as stored.</summary>
    public long Bytes { get; init; }

    public long DataPage { get; init; }

    public long? DictionaryPage { get; init; }

    /// <summary>Whether the pages are in another file.</summary>
    public bool Elsewhere { get; init; }

    public bool Encrypted { get; init; }

    /// <summary>The first byte of the first page. Some writers put 0 where there is no dictionary, and some do not name the one there is.</summary>
    public long Start => DictionaryPage is > 0 and var dictionary && dictionary < DataPage ? dictionary : DataPage;
}

/// <summary>Rows that follow one another.</summary>
internal sealed record RowGroup(long Rows, IReadOnlyList<ColumnChunk> Columns);

/// <summary>What a file says of itself at its end (parquet.thrift, <c>FileMetaData</c>).</summary>
internal sealed record ParquetFooter(IReadOnlyList<SchemaElement> Schema, long Rows, IReadOnlyList<RowGroup> Groups, bool Encrypted);
