using System.Text;

namespace Perennial.Learning.Tests.Reading.Parquet;

/// <summary>Writes Thrift's compact protocol: as much of it as Parquet's footer and page headers need.</summary>
internal sealed class ThriftWriter
{
    private readonly List<byte> _bytes = [];
    private int _last;

    public byte[] Bytes => [.. _bytes];

    /// <summary>A structure by itself, or as a list's element or a field's value.</summary>
    public static byte[] Struct(Action<ThriftWriter> fields)
    {
        var writer = new ThriftWriter();
        fields(writer);
        writer._bytes.Add(0);
        return writer.Bytes;
    }

    public void I32(int id, long value) => Field(id, 5, Zigzag(value));

    public void I64(int id, long value) => Field(id, 6, Zigzag(value));

    public void Bool(int id, bool value) => Field(id, value ? 1 : 2, []);

    public void Text(int id, string text) => Field(id, 8, [.. Varint((ulong)Encoding.UTF8.GetByteCount(text)), .. Encoding.UTF8.GetBytes(text)]);

    public void Struct(int id, byte[] value) => Field(id, 12, value);

    public void Structs(int id, IReadOnlyList<byte[]> items) => Field(id, 9,
        [.. items.Count < 15 ? [(byte)(items.Count << 4 | 12)] : (byte[])[0xFC, .. Varint((ulong)items.Count)], .. items.SelectMany(i => i)]);

    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7) bytes.Add((byte)(value | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    private static byte[] Zigzag(long value) => Varint((ulong)((value << 1) ^ (value >> 63)));

    private void Field(int id, int type, byte[] value)
    {
        _bytes.Add((byte)((id - _last) << 4 | type));
        _last = id;
        _bytes.AddRange(value);
    }
}
