using System.IO.Compression;

namespace Perennial.Learning.Tests.Reading.Parquet;

/// <summary>A file of one row group whose pages are gzip, so that a few bytes may stand for very many.</summary>
/// <param name="Physical">parquet.thrift's type of every column.</param>
/// <param name="Rows">How many rows it says it has.</param>
/// <param name="Columns">How many columns, all of them with the same pages.</param>
internal sealed record ParquetBomb(int Physical, int Rows = 1, int Columns = 1)
{
    private const int Gzip = 2;
    private readonly MemoryStream _file = new();

    public byte[] Write(params (int Type, int Values, int Encoding, byte[] Body)[] pages)
    {
        _file.Write("PAR1"u8);
        var chunks = Enumerable.Range(0, Columns).Select(_ => Chunk(pages)).ToArray();
        return Closed(_file.ToArray(), ThriftWriter.Struct(f =>
        {
            f.Structs(2, [Root(Columns), .. Enumerable.Range(0, Columns).Select(i => ThriftWriter.Struct(e =>
            {
                e.I32(1, Physical);
                e.I32(3, 0);
                e.Text(4, $"c{i}");
            }))]);
            f.I64(3, Rows);
            f.Structs(4, [ThriftWriter.Struct(g =>
            {
                g.Structs(1, chunks);
                g.I64(3, Rows);
            })]);
        }));
    }

    private byte[] Chunk((int Type, int Values, int Encoding, byte[] Body)[] pages)
    {
        var start = _file.Length;
        foreach (var (type, values, encoding, body) in pages)
        {
            var stored = new MemoryStream();
            using (var gzip = new GZipStream(stored, CompressionLevel.SmallestSize, leaveOpen: true)) gzip.Write(body);
            _file.Write(ThriftWriter.Struct(h =>
            {
                h.I32(1, type);
                h.I32(2, body.Length);
                h.I32(3, stored.Length);
                h.Struct(type == 2 ? 7 : 5, ThriftWriter.Struct(p =>
                {
                    p.I32(1, values);
                    p.I32(2, encoding);
                }));
            }));
            _file.Write(stored.ToArray());
        }
        return ThriftWriter.Struct(c => c.Struct(3, ThriftWriter.Struct(m =>
        {
            m.I32(1, Physical);
            m.I32(4, Gzip);
            m.I64(5, Rows);
            m.I64(7, _file.Length - start);
            m.I64(9, start);
        })));
    }

    /// <summary>The first element of a schema.</summary>
    public static byte[] Root(int columns) => ThriftWriter.Struct(root =>
    {
        root.Text(4, "root");
        root.I32(5, columns);
    });

    /// <summary>What there is before a footer, the footer, and what follows it.</summary>
    public static byte[] Closed(byte[] file, byte[] footer) => [.. file, .. footer, .. BitConverter.GetBytes(footer.Length), .. "PAR1"u8];
}
