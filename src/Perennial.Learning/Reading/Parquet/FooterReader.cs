using System.Globalization;
using System.Text;

namespace Perennial.Learning.Reading.Parquet;

/// <summary>Reads the footer's Thrift structures; fields that are not needed are passed over.</summary>
internal static class FooterReader
{
    // A column may be a list, a map or a small structure, of which every part is an element of the schema.
    private const int ElementsOfColumn = 8;

    private static readonly ColumnChunk Hidden = new() { Encrypted = true };

    private delegate T Element<T>(ref ThriftReader thrift);

    /// <summary>Reads a footer. What an element cannot do without is asked for as soon as it is read: it takes far more memory than an empty one has bytes.</summary>
    /// <exception cref="ThriftFault">The bytes are no footer.</exception>
    /// <exception cref="DataFormatException">It has more columns than the options allow.</exception>
    public static ParquetFooter Read(ReadOnlySpan<byte> bytes, ReadOptions options, ParquetFaults faults)
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
                case (2, ThriftType.List): schema = Schema(ref thrift, options, faults); break;
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

    private static List<SchemaElement> Schema(ref ThriftReader thrift, ReadOptions options, ParquetFaults faults)
    {
        var most = 1 + ElementsOfColumn * (long)options.MaxColumns;
        var ahead = thrift;
        var count = ahead.List(out _);
        if (count <= most) return List(ref thrift, ReadElement);
        throw faults.Of("too-many-columns", string.Create(CultureInfo.InvariantCulture,
            $"The Parquet file's schema has {count:N0} elements; at most {most:N0} are allowed, for {options.MaxColumns:N0} columns."));
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
        var named = false;
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.I32): element = element with { Physical = (PhysicalType)thrift.I32() }; break;
                case (2, ThriftType.I32): element = element with { TypeLength = thrift.I32() }; break;
                case (3, ThriftType.I32): element = element with { Repetition = (Repetition)thrift.I32() }; break;
                case (4, ThriftType.Binary):
                    element = element with { Name = Encoding.UTF8.GetString(thrift.Binary()) };
                    named = true;
                    break;
                case (5, ThriftType.I32): element = element with { Children = thrift.I32() }; break;
                case (6, ThriftType.I32): element = element with { Converted = thrift.I32() }; break;
                case (7, ThriftType.I32): element = element with { Scale = thrift.I32() }; break;
                case (10, ThriftType.Struct): element = element with { Logical = ReadLogical(ref thrift) }; break;
                default: thrift.Skip(type); break;
            }
        }
        return named ? element : throw new ThriftFault("an element of the schema has no name", thrift.At, ranOut: false);
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
        return columns.Count > 0 ? new RowGroup(rows, columns) : throw new ThriftFault("a row group has no columns", thrift.At, ranOut: false);
    }

    private static ColumnChunk ReadChunk(ref ThriftReader thrift)
    {
        ColumnChunk? chunk = null;
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
        if (chunk is null) return encrypted ? Hidden : throw new ThriftFault("a column of a row group is not described", thrift.At, ranOut: false);
        return elsewhere || encrypted ? chunk with { Elsewhere = elsewhere, Encrypted = encrypted } : chunk;
    }

    private static ColumnChunk ReadColumn(ref ThriftReader thrift)
    {
        PhysicalType? physical = null;
        int? codec = null;
        long? values = null, bytes = null, dataPage = null, dictionaryPage = null;
        for (var id = 0; thrift.NextField(ref id, out var type);)
        {
            switch ((id, type))
            {
                case (1, ThriftType.I32): physical = (PhysicalType)thrift.I32(); break;
                case (4, ThriftType.I32): codec = thrift.I32(); break;
                case (5, ThriftType.I64): values = thrift.I64(); break;
                case (7, ThriftType.I64): bytes = thrift.I64(); break;
                case (9, ThriftType.I64): dataPage = thrift.I64(); break;
                case (11, ThriftType.I64): dictionaryPage = thrift.I64(); break;
                default: thrift.Skip(type); break;
            }
        }
        if (physical is null || codec is null || values is null || bytes is null || dataPage is null)
            throw new ThriftFault("a column of a row group is not fully described", thrift.At, ranOut: false);
        return new ColumnChunk
        {
            Physical = physical,
            Codec = codec.Value,
            Values = values.Value,
            Bytes = bytes.Value,
            DataPage = dataPage.Value,
            DictionaryPage = dictionaryPage,
        };
    }
}
