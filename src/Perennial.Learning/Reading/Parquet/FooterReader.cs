using System.Text;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Reads the footer's Thrift structures; fields that are not needed are passed over.</summary>
internal static class FooterReader
{
    private delegate T Element<T>(ref ThriftReader thrift);

    /// <exception cref="ThriftFault">The bytes are no footer.</exception>
    public static ParquetFooter Read(ReadOnlySpan<byte> bytes)
    {
        var thrift = new ThriftReader(bytes);
        IReadOnlyList<SchemaElement> schema = [];
        IReadOnlyList<RowGroup> groups = [];
        var rows = -1L;
        var encrypted = false;
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (2, ThriftType.List): schema = List(ref thrift, ReadElement); break;
                case (3, ThriftType.I64): rows = thrift.I64(); break;
                case (4, ThriftType.List): groups = List(ref thrift, ReadGroup); break;
                case (8, _):
                    encrypted = true;
                    thrift.Skip(type);
                    break;
                default: thrift.Skip(type); break;
            }
        }
        return new ParquetFooter(schema, rows, groups, encrypted);
    }

    private static List<T> List<T>(ref ThriftReader thrift, Element<T> read)
    {
        var count = thrift.List(out var element);
        if (element != ThriftType.Struct && count > 0) throw new ThriftFault("a list holds something else than it should", thrift.At, ranOut: false);

        // It grows with what is really there: an element may be far smaller on the wire than in memory.
        var list = new List<T>();
        for (; count > 0; count--) list.Add(read(ref thrift));
        return list;
    }

    private static SchemaElement ReadElement(ref ThriftReader thrift)
    {
        var element = new SchemaElement();
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.I32): element = element with { Physical = (PhysicalType)thrift.I32() }; break;
                case (2, ThriftType.I32): element = element with { TypeLength = thrift.I32() }; break;
                case (3, ThriftType.I32): element = element with { Repetition = (Repetition)thrift.I32() }; break;
                case (4, ThriftType.Binary): element = element with { Name = Encoding.UTF8.GetString(thrift.Binary()) }; break;
                case (5, ThriftType.I32): element = element with { Children = thrift.I32() }; break;
                case (6, ThriftType.I32): element = element with { Converted = thrift.I32() }; break;
                case (7, ThriftType.I32): element = element with { Scale = thrift.I32() }; break;
                case (10, ThriftType.Struct): element = element with { Logical = ReadLogical(ref thrift) }; break;
                default: thrift.Skip(type); break;
            }
        }
        return element;
    }

    /// <summary>A union: a structure of which one field is there.</summary>
    private static LogicalType? ReadLogical(ref ThriftReader thrift)
    {
        LogicalType? logical = null;
        for (var member = 0; thrift.NextField(ref member, out var type);)
        {
            logical = new LogicalType(member);
            if (type == ThriftType.Struct) logical = ReadMember(ref thrift, logical);
            else thrift.Skip(type);
        }
        return logical;
    }

    private static LogicalType ReadMember(ref ThriftReader thrift, LogicalType logical)
    {
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((logical.Member, id, type))
            {
                case (LogicalType.Decimal, 1, ThriftType.I32): logical = logical with { Scale = thrift.I32() }; break;
                case (LogicalType.Integer, 2, ThriftType.False): logical = logical with { Signed = false }; break;
                case (LogicalType.Time or LogicalType.Timestamp, 2, ThriftType.Struct):
                    for (var unit = 0; thrift.NextField(ref unit, out var unitType); thrift.Skip(unitType)) logical = logical with { Unit = unit };
                    break;
                default: thrift.Skip(type); break;
            }
        }
        return logical;
    }

    private static RowGroup ReadGroup(ref ThriftReader thrift)
    {
        IReadOnlyList<ColumnChunk> columns = [];
        var rows = -1L;
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.List): columns = List(ref thrift, ReadChunk); break;
                case (3, ThriftType.I64): rows = thrift.I64(); break;
                default: thrift.Skip(type); break;
            }
        }
        return new RowGroup(rows, columns);
    }

    private static ColumnChunk ReadChunk(ref ThriftReader thrift)
    {
        var chunk = new ColumnChunk();
        var (elsewhere, encrypted) = (false, false);
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            if ((id, type) == (3, ThriftType.Struct))
            {
                chunk = ReadColumn(ref thrift);
                continue;
            }
            elsewhere |= id == 1;
            encrypted |= id is 8 or 9;
            thrift.Skip(type);
        }
        return chunk with { Elsewhere = elsewhere, Encrypted = encrypted };
    }

    private static ColumnChunk ReadColumn(ref ThriftReader thrift)
    {
        var chunk = new ColumnChunk();
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.I32): chunk = chunk with { Physical = (PhysicalType)thrift.I32() }; break;
                case (4, ThriftType.I32): chunk = chunk with { Codec = thrift.I32() }; break;
                case (5, ThriftType.I64): chunk = chunk with { Values = thrift.I64() }; break;
                case (7, ThriftType.I64): chunk = chunk with { Bytes = thrift.I64() }; break;
                case (9, ThriftType.I64): chunk = chunk with { DataPage = thrift.I64() }; break;
                case (11, ThriftType.I64): chunk = chunk with { DictionaryPage = thrift.I64() }; break;
                default: thrift.Skip(type); break;
            }
        }
        return chunk;
    }
}
