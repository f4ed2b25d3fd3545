using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;

namespace Perennial.Learning.Tests.Reading.Parquet;

/// <summary>A column as a file stores it: plain values, null where missing.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Physical">parquet.thrift's type.</param>
/// <param name="Converted">parquet.thrift's converted type; -1 for none.</param>
/// <param name="Values">The values.</param>
internal sealed record StoredColumn(string Name, int Physical, int Converted, IReadOnlyList<byte[]?> Values)
{
    private const int Bool = 0, Int64 = 2, Int96 = 3, Double = 5, Bytes = 6;

    /// <summary>How the column of a frame may be stored. Instants are cut to microseconds, or as they are where it is INT96.</summary>
    public static StoredColumn Of(Column column, Xoshiro256 random)
    {
        IReadOnlyList<byte[]?> Values(Func<int, byte[]> value) => [.. Enumerable.Range(0, column.Length).Select(row => column.IsMissing(row) ? null : value(row))];
        return column switch
        {
            NumericColumn numbers => new(column.Name, Double, -1, Values(row => BitConverter.GetBytes(numbers.Values[row]))),
            BooleanColumn booleans => new(column.Name, Bool, -1, Values(row => [(byte)booleans.Values[row]])),
            TimestampColumn times when random.Next(2) == 0 => new(column.Name, Int96, -1, Values(row => ToInt96(times.Ticks[row]))),
            TimestampColumn times => new(column.Name, Int64, 10, Values(row => BitConverter.GetBytes((times.Ticks[row] - DateTime.UnixEpoch.Ticks) / 10))),
            _ => new(column.Name, Bytes, random.Next(2) == 0 ? 0 : -1, Values(row => Encoding.UTF8.GetBytes(column.Format(row)!))),
        };
    }

    private static byte[] ToInt96(long ticks)
    {
        var bytes = new byte[12];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, ticks % TimeSpan.TicksPerDay * 100);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), (int)(ticks / TimeSpan.TicksPerDay) + 1_721_426);
        return bytes;
    }
}

/// <summary>Writes Parquet files in every way that the reader knows, chosen at random: codecs, page versions, dictionaries, runs, pages and row groups.</summary>
internal sealed class WrittenParquet(Xoshiro256 random)
{
    private const int Plain = 0, Rle = 3, RleDictionary = 8;
    private readonly MemoryStream _file = new();

    public static byte[] Of(Frame frame, Xoshiro256 random) => new WrittenParquet(random).Write([.. frame.Columns.Select(c => StoredColumn.Of(c, random))], frame.RowCount);

    public byte[] Write(IReadOnlyList<StoredColumn> columns, int rows)
    {
        _file.Write("PAR1"u8);
        var optional = columns.Select(c => c.Values.Any(v => v is null) || random.Next(2) == 0).ToArray();
        var groups = new List<byte[]>();
        for (var done = 0; done < rows;)
        {
            var some = 1 + random.Next(rows - done);
            var chunks = columns.Select((c, i) => Chunk(c, optional[i], [.. c.Values.Skip(done).Take(some)])).ToArray();
            groups.Add(ThriftWriter.Struct(g =>
            {
                g.Structs(1, chunks);
                g.I64(2, 0);
                g.I64(3, some);
            }));
            done += some;
        }
        var footer = Footer(columns, optional, groups, rows);
        _file.Write(footer);
        _file.Write(BitConverter.GetBytes(footer.Length));
        _file.Write("PAR1"u8);
        return _file.ToArray();
    }

    private static byte[] Footer(IReadOnlyList<StoredColumn> columns, bool[] optional, List<byte[]> groups, int rows) => ThriftWriter.Struct(f =>
    {
        byte[][] schema =
        [
            ThriftWriter.Struct(root =>
            {
                root.Text(4, "root");
                root.I32(5, columns.Count);
            }),
            .. columns.Select((c, i) => ThriftWriter.Struct(e =>
            {
                e.I32(1, c.Physical);
                e.I32(3, optional[i] ? 1 : 0);
                e.Text(4, c.Name);
                if (c.Converted >= 0) e.I32(6, c.Converted);
            })),
        ];
        f.I32(1, 2);
        f.Structs(2, schema);
        f.I64(3, rows);
        f.Structs(4, groups);
        f.Text(6, "a test");
    });

    private byte[] Chunk(StoredColumn column, bool optional, byte[]?[] values)
    {
        var start = _file.Length;
        var codec = random.Next(3);
        var boolean = column.Physical == 0;
        var dictionary = !boolean && random.Next(2) == 0 ? values.OfType<byte[]>().DistinctBy(Convert.ToHexString).ToArray() : null;
        if (dictionary is not null)
            Page(2, codec, PlainOf(dictionary, column.Physical), header => header.Struct(7, ThriftWriter.Struct(h =>
            {
                h.I32(1, dictionary.Length);
                h.I32(2, random.Next(2) == 0 ? Plain : 2);
            })));
        var data = _file.Length;
        for (var done = 0; done < values.Length;)
        {
            var some = 1 + random.Next(values.Length - done);
            DataPage(column, codec, optional, values.AsSpan(done, some).ToArray(), dictionary);
            done += some;
        }
        return ThriftWriter.Struct(c =>
        {
            c.I64(2, start);
            c.Struct(3, ThriftWriter.Struct(m =>
            {
                m.I32(1, column.Physical);
                m.I32(4, codec);
                m.I64(5, values.Length);
                m.I64(6, 0);
                m.I64(7, _file.Length - start);
                m.I64(9, dictionary is not null && random.Next(2) == 0 ? start : data);
                if (dictionary is not null) m.I64(11, start);
            }));
        });
    }

    private void DataPage(StoredColumn column, int codec, bool optional, byte[]?[] values, byte[][]? dictionary)
    {
        var present = values.OfType<byte[]>().ToArray();
        var levels = optional ? Hybrid([.. values.Select(v => v is null ? 0u : 1u)], 1) : [];
        var (encoding, body) = Body(column, present, dictionary);
        if (random.Next(2) == 0)
        {
            byte[] withLevels = [.. optional ? BitConverter.GetBytes(levels.Length) : [], .. levels, .. body];
            Page(0, codec, withLevels, header => header.Struct(5, ThriftWriter.Struct(h =>
            {
                h.I32(1, values.Length);
                h.I32(2, encoding);
                h.I32(3, Rle);
                h.I32(4, Rle);
            })));
            return;
        }
        var compressed = random.Next(3) > 0;
        byte[] stored = [.. levels, .. compressed ? Compress(codec, body) : body];
        Put(3, levels.Length + body.Length, stored, header => header.Struct(8, ThriftWriter.Struct(h =>
        {
            h.I32(1, values.Length);
            h.I32(2, values.Length - present.Length);
            h.I32(3, values.Length);
            h.I32(4, encoding);
            h.I32(5, levels.Length);
            h.I32(6, 0);
            h.Bool(7, compressed);
        })));
    }

    private (int Encoding, byte[] Body) Body(StoredColumn column, byte[][] present, byte[][]? dictionary)
    {
        if (dictionary is not null && random.Next(5) > 0)
        {
            var codes = present.Select(v => (uint)Array.FindIndex(dictionary, d => d.AsSpan().SequenceEqual(v))).ToArray();
            var width = dictionary.Length < 2 ? random.Next(2) : 32 - System.Numerics.BitOperations.LeadingZeroCount((uint)dictionary.Length - 1);
            return (RleDictionary, [(byte)width, .. Hybrid(codes, width)]);
        }
        if (column.Physical != 0) return (Plain, PlainOf(present, column.Physical));
        var bits = present.Select(v => (uint)v[0]).ToArray();
        if (random.Next(2) == 0) return (Plain, Pack(bits, 1));
        var runs = Hybrid(bits, 1);
        return (Rle, [.. BitConverter.GetBytes(runs.Length), .. runs]);
    }

    private static byte[] PlainOf(IEnumerable<byte[]> values, int physical) =>
        [.. values.SelectMany(v => physical == 6 ? [.. BitConverter.GetBytes(v.Length), .. v] : v)];

    /// <summary>Runs of one value and packed runs, as they come.</summary>
    private byte[] Hybrid(uint[] values, int width)
    {
        var bytes = new List<byte>();
        for (var at = 0; at < values.Length;)
        {
            var same = values.Skip(at).TakeWhile(v => v == values[at]).Count();
            if (random.Next(2) == 0)
            {
                var run = 1 + random.Next(same);
                bytes.AddRange(ThriftWriter.Varint((ulong)run << 1));
                bytes.AddRange(BitConverter.GetBytes(values[at])[..((width + 7) / 8)]);
                at += run;
                continue;
            }
            var groups = Math.Min(1 + random.Next(3), (values.Length - at + 7) / 8);
            var packed = values.Skip(at).Take(8 * groups).ToArray();

            // Values after a packed run begin a new one, so only the last may be filled up.
            if (packed.Length < 8 * groups) Array.Resize(ref packed, 8 * groups);
            bytes.AddRange(ThriftWriter.Varint((ulong)groups << 1 | 1));
            bytes.AddRange(Pack(packed, width));
            at += 8 * groups;
        }
        return [.. bytes];
    }

    private static byte[] Pack(uint[] values, int width)
    {
        var bytes = new byte[(values.Length * width + 7) / 8];
        for (var bit = 0; bit < values.Length * width; bit++)
            if ((values[bit / width] >> (bit % width) & 1) == 1) bytes[bit / 8] |= (byte)(1 << (bit % 8));
        return bytes;
    }

    private void Page(int type, int codec, byte[] body, Action<ThriftWriter> rest) => Put(type, body.Length, Compress(codec, body), rest);

    private void Put(int type, int expanded, byte[] stored, Action<ThriftWriter> rest)
    {
        _file.Write(ThriftWriter.Struct(h =>
        {
            h.I32(1, type);
            h.I32(2, expanded);
            h.I32(3, stored.Length);
            rest(h);
        }));
        _file.Write(stored);
    }

    private static byte[] Compress(int codec, byte[] body)
    {
        if (codec == 0) return body;
        if (codec == 1) return SnappyBlock.Of(body);
        var to = new MemoryStream();
        using (var gzip = new GZipStream(to, CompressionLevel.Fastest)) gzip.Write(body);
        return to.ToArray();
    }
}
