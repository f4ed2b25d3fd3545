using System.IO.Compression;
using System.Text;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

public class GzipTests
{
    private static byte[] Gzip(string text)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) gzip.Write(Encoding.UTF8.GetBytes(text));
        return compressed.ToArray();
    }

    private static string Rows(int count) => "a,b\n" + string.Concat(Enumerable.Range(0, count).Select(i => $"{i},x{i * 7919 % 104729}\n"));

    private static DataFormatException Fault(byte[] bytes, ReadOptions? options = null) =>
        Assert.Throws<DataFormatException>(() => CsvReader.Read(new MemoryStream(bytes), options ?? new ReadOptions()));

    /// <summary>Gives one byte at a time and cannot seek, as an upload.</summary>
    private sealed class Trickle(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 1));
    }

    [Fact]
    public void Gzip_is_known_by_its_first_bytes_in_both_formats()
    {
        var csv = CsvReader.Read(new MemoryStream(Gzip("\uFEFFa,b\n1,x\n")), new ReadOptions());
        Assert.Equal(["x"], Some.Cells(csv.Frame, "b"));
        var json = JsonLinesReader.Read(new MemoryStream(Gzip("{\"a\":1}\n{\"a\":2}")), new ReadOptions());
        Assert.Equal(["1", "2"], Some.Cells(json.Frame, "a"));
    }

    [Fact]
    public void Members_after_one_another_are_one_file_and_a_stream_may_trickle()
    {
        byte[] bytes = [.. Gzip("a\n1\n"), .. Gzip("2\n")];
        Assert.Equal(["1", "2"], Some.Cells(CsvReader.Read(new Trickle(bytes), new ReadOptions()).Frame, "a"));
        Assert.Equal(["1"], Some.Cells(CsvReader.Read(new Trickle("a\n1"u8.ToArray()), new ReadOptions()).Frame, "a"));
    }

    [Fact]
    public void A_damaged_or_cut_file_is_refused_by_name()
    {
        var bytes = Gzip(Rows(2000));
        Assert.Equal("damaged-gzip", Fault(bytes[..(bytes.Length / 2)]).Code);
        Assert.Equal("damaged-gzip", Fault(bytes[..^4]).Code);
        bytes[^6] ^= 0x55;
        Assert.Equal("damaged-gzip", Fault(bytes).Code);
        Assert.Equal("damaged-gzip", Fault([0x1F, 0x8B, 0, 0]).Code);
    }

    [Fact]
    public void What_expands_too_far_is_refused_before_it_fills_the_memory()
    {
        var bytes = Gzip("a\n" + string.Concat(Enumerable.Repeat(new string('7', 9_999) + "\n", 1_000)));
        var options = new ReadOptions { BufferBytes = 1 << 16, FreeExpansion = 1 << 20 };
        var fault = Fault(bytes, options);
        Assert.Equal("expands-too-far", fault.Code);
        Assert.Contains("more than 200 times", fault.Message, StringComparison.Ordinal);
        Assert.Equal(1_000, CsvReader.Read(new MemoryStream(bytes), options with { MaxExpansion = 2000 }).Frame.RowCount);
        Assert.Equal(1_000, CsvReader.Read(new MemoryStream(bytes), options with { FreeExpansion = 1 << 24 }).Frame.RowCount);
    }
}
