namespace Perennial.Learning.Reading.Parquet;

/// <summary>What a page is (parquet.thrift, <c>PageType</c>).</summary>
internal enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}

/// <summary>How a page's values are written (parquet.thrift, <c>Encoding</c>).</summary>
internal enum PageEncoding
{
    Plain = 0,
    PlainDictionary = 2,
    Rle = 3,
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}

/// <summary>What precedes a page (parquet.thrift, <c>PageHeader</c>).</summary>
internal sealed record PageHeader
{
    public PageType Type { get; init; } = (PageType)(-1);

    /// <summary>Bytes of the page once expanded; with levels in version 2.</summary>
    public int ExpandedBytes { get; init; } = -1;

    /// <summary>Bytes of the page as stored.</summary>
    public int StoredBytes { get; init; } = -1;

    /// <summary>Values, missing ones included; of a dictionary its entries.</summary>
    public int Values { get; init; } = -1;

    public PageEncoding Encoding { get; init; } = (PageEncoding)(-1);

    /// <summary>How definition levels are written in a page of version 1.</summary>
    public PageEncoding LevelEncoding { get; init; } = PageEncoding.Rle;

    /// <summary>Of version 2.</summary>
    public int DefinitionBytes { get; init; }

    /// <summary>Of version 2.</summary>
    public int RepetitionBytes { get; init; }

    /// <summary>Of version 2: whether the values are, where the column has a codec.</summary>
    public bool Compressed { get; init; } = true;

    /// <summary>Reads a header, and says how long it is.</summary>
    /// <exception cref="ThriftFault">The bytes are no header, or do not hold all of it.</exception>
    public static PageHeader Read(ReadOnlySpan<byte> bytes, out int length)
    {
        var thrift = new ThriftReader(bytes);
        var header = new PageHeader();
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.I32): header = header with { Type = (PageType)thrift.I32() }; break;
                case (2, ThriftType.I32): header = header with { ExpandedBytes = thrift.I32() }; break;
                case (3, ThriftType.I32): header = header with { StoredBytes = thrift.I32() }; break;
                case (5 or 7, ThriftType.Struct): header = ReadVersion1(ref thrift, header); break;
                case (8, ThriftType.Struct): header = ReadVersion2(ref thrift, header); break;
                default: thrift.Skip(type); break;
            }
        }
        length = thrift.At;
        return header;
    }

    /// <summary>A data page's or a dictionary's: both begin with number and encoding.</summary>
    private static PageHeader ReadVersion1(ref ThriftReader thrift, PageHeader header)
    {
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.I32): header = header with { Values = thrift.I32() }; break;
                case (2, ThriftType.I32): header = header with { Encoding = (PageEncoding)thrift.I32() }; break;
                case (3, ThriftType.I32): header = header with { LevelEncoding = (PageEncoding)thrift.I32() }; break;
                default: thrift.Skip(type); break;
            }
        }
        return header;
    }

    private static PageHeader ReadVersion2(ref ThriftReader thrift, PageHeader header)
    {
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.I32): header = header with { Values = thrift.I32() }; break;
                case (4, ThriftType.I32): header = header with { Encoding = (PageEncoding)thrift.I32() }; break;
                case (5, ThriftType.I32): header = header with { DefinitionBytes = thrift.I32() }; break;
                case (6, ThriftType.I32): header = header with { RepetitionBytes = thrift.I32() }; break;
                case (7, ThriftType.False): header = header with { Compressed = false }; break;
                default: thrift.Skip(type); break;
            }
        }
        return header;
    }
}
