using System.Buffers.Binary;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Parquet;

/// <summary>Small files that say they hold very much: what is allocated before they are refused.</summary>
[Collection("memory")]
public class ParquetMemoryTests
{
    private const int Int32 = 1, Float = 4, Bytes = 6, Plain = 0, DeltaByteArray = 7;
    private const long Free = 64 << 20;

    private static (string Code, long Allocated) Refused(byte[] file)
    {
        GC.Collect();
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var fault = Assert.Throws<DataFormatException>(() => ParquetReader.Read(new MemoryStream(file), new ReadOptions()));
        return (fault.Code, GC.GetTotalAllocatedBytes(precise: true) - before);
    }

    [Theory]
    [InlineData(Bytes, 1)]
    [InlineData(Int32, 1)]
    [InlineData(Bytes, 8)]
    [InlineData(Float, 8)]
    public void A_dictionary_that_expands_to_millions_of_values_is_refused_before_memory_is_taken_for_them(int physical, int columns)
    {
        var file = new ParquetBomb(physical, Columns: columns).Write((2, 16 << 20, Plain, new byte[Free]), (0, 1, Plain, new byte[4]));
        Assert.True(file.Length < 70_000 * columns);
        var (code, allocated) = Refused(file);
        Assert.Equal("expands-too-far", code);
        Assert.True(allocated < Math.Max(Free, 200L * file.Length) + (8 << 20), $"{allocated:N0} bytes for {file.Length:N0}");
    }

    [Fact]
    public void A_page_is_refused_before_it_is_expanded()
    {
        var (code, allocated) = Refused(new ParquetBomb(Int32).Write((0, 1, Plain, new byte[2 * Free])));
        Assert.Equal("expands-too-far", code);
        Assert.True(allocated < 8 << 20, $"{allocated:N0} bytes");
    }

    [Fact]
    public void Long_strings_of_a_dictionary_count_although_there_are_few()
    {
        // 60 strings of a megabyte in every column: the same bytes expanded, spelled and kept by their codes.
        const int Count = 60, Length = (1 << 20) - 4;
        var body = new byte[Count << 20];
        for (var i = 0; i < Count; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(i << 20), Length);
            body.AsSpan((i << 20) + 4, Length).Fill((byte)(' ' + i));
        }
        var file = new ParquetBomb(Bytes, Columns: 4).Write((2, Count, Plain, body), (0, 1, Plain, new byte[4]));
        var (code, allocated) = Refused(file);
        Assert.Equal("expands-too-far", code);
        Assert.True(allocated < 2 * Math.Max(Free, 200L * file.Length), $"{allocated:N0} bytes for {file.Length:N0}");
    }

    [Fact]
    public void Strings_that_repeat_the_one_before_are_refused_before_memory_is_taken_for_them()
    {
        // 200 strings of a million bytes, each the same as the one before, which takes a few bytes to say.
        const int Rows = 200, Length = 1_000_000;
        byte[] body = [.. Deltas(Rows, 0, Length), .. Deltas(Rows, Length, 0), .. Enumerable.Repeat((byte)'a', Length)];
        var (code, allocated) = Refused(new ParquetBomb(Bytes, Rows).Write((0, Rows, DeltaByteArray, body)));
        Assert.Equal("expands-too-far", code);
        Assert.True(allocated < 2 * Free + (8 << 20), $"{allocated:N0} bytes");
    }

    [Theory]
    [InlineData(4 << 20, "too-many-columns")]
    [InlineData(80_000, "damaged-parquet")]
    public void A_schema_of_empty_elements_is_refused_while_it_is_read(int elements, string code)
    {
        var footer = ThriftWriter.Struct(f => f.Structs(2, [.. Enumerable.Repeat(new byte[] { 0 }, elements)]));
        var refused = Refused(ParquetBomb.Closed([.. "PAR1"u8], footer));
        Assert.Equal(code, refused.Code);
        Assert.True(refused.Allocated < 2 * footer.Length + (1 << 20), $"{refused.Allocated:N0} bytes for {footer.Length:N0}");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Row_groups_and_their_columns_are_refused_where_they_say_nothing(bool groups)
    {
        var empty = Enumerable.Repeat(new byte[] { 0 }, 4 << 20).ToArray();
        var footer = ThriftWriter.Struct(f =>
        {
            f.Structs(2, [ParquetBomb.Root(1), ThriftWriter.Struct(e => e.Text(4, "a"))]);
            f.I64(3, 1);
            f.Structs(4, groups ? empty : [ThriftWriter.Struct(g => g.Structs(1, empty))]);
        });
        var (code, allocated) = Refused(ParquetBomb.Closed([.. "PAR1"u8], footer));
        Assert.Equal("damaged-parquet", code);
        Assert.True(allocated < 2 * footer.Length + (1 << 20), $"{allocated:N0} bytes for {footer.Length:N0}");
    }

    /// <summary>A number and then always another, as differences in blocks of eight.</summary>
    private static byte[] Deltas(int count, int first, int then)
    {
        var bytes = new List<byte>([8, 1, .. ThriftWriter.Varint((ulong)count), .. Zigzag(first)]);
        for (var at = 1; at < count; at += 8)
        {
            var least = at == 1 ? Math.Min(0, then - first) : 0;
            bytes.AddRange([.. Zigzag(least), (byte)(at == 1 ? 32 : 0)]);
            for (var i = 0; at == 1 && i < 8; i++) bytes.AddRange(BitConverter.GetBytes((i == 0 ? then - first : 0) - least));
        }
        return [.. bytes];
    }

    private static byte[] Zigzag(long value) => ThriftWriter.Varint((ulong)((value << 1) ^ (value >> 63)));
}
