using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

public class BadInputTests
{
    private static readonly ReadOptions Named = new() { Source = "strikes.csv" };

    /// <summary>Endless bytes of one value, counting how many were asked for.</summary>
    private sealed class EndlessStream(string start, byte fill, long length) : MemoryStream
    {
        private readonly byte[] _start = Encoding.UTF8.GetBytes(start);

        public long Served { get; private set; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            count = (int)Math.Min(count, length - Served);
            for (var i = 0; i < count; i++) buffer[offset + i] = Served + i < _start.Length ? _start[Served + i] : fill;
            Served += count;
            return count;
        }
    }

    private static DataFormatException Fault(byte[] bytes, ReadOptions? options = null) =>
        Assert.Throws<DataFormatException>(() => CsvReader.Read(new MemoryStream(bytes), options ?? Named));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    [Theory]
    [InlineData("", "empty-file", null, null)]
    [InlineData("\uFEFF", "empty-file", null, null)]
    [InlineData("\n\r\n", "empty-file", null, null)]
    [InlineData("a,b\n", "no-rows", null, null)]
    [InlineData("a,b", "no-rows", null, null)]
    [InlineData("a,b\n1,2\n3\n", "ragged-row", 3, null)]
    [InlineData("a,b\n1,2,3\n", "ragged-row", 2, null)]
    [InlineData("a,b\n1,\"x\ny\"\n2,\"never\nclosed\n", "unclosed-quote", 4, "b")]
    [InlineData("a,b\n1,\"x\ny\" z\n", "text-after-quote", 2, "b")]
    [InlineData("a,b\n1,2\n1,x\0y\n", "nul-byte", 3, "b")]
    [InlineData("a,b,a\n1,2,3\n", "duplicate-column-name", 1, "a")]
    [InlineData("a, ,c\n1,2,3\n", "empty-column-name", 1, null)]
    [InlineData("a,b\n\"1\"\",2\n3,4\n", "unclosed-quote", 2, "a")]
    public void Each_fault_names_its_file_line_and_column(string text, string code, int? line, string? column)
    {
        var fault = Fault(Utf8(text));
        Assert.Equal((code, line, column), (fault.Code, fault.Line, fault.Column));
        Assert.Equal("strikes.csv", fault.Source);
        Assert.StartsWith(line is null ? "strikes.csv" : $"strikes.csv, line {line}", fault.Message, StringComparison.Ordinal);
        if (column is not null) Assert.Contains($"column '{column}'", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_encodings_are_told_to_become_utf8()
    {
        var invalid = Fault([.. "a,b\n1,2\n3,caf"u8, 0xE9, (byte)'\n']);
        Assert.Equal(("invalid-utf8", 3L, "b"), (invalid.Code, invalid.Line, invalid.Column));
        Assert.Contains("save the file as UTF-8", invalid.Message, StringComparison.Ordinal);
        Assert.Equal("utf-16", Fault([0xFF, 0xFE, (byte)'a', 0]).Code);
        Assert.Equal("utf-16", Fault([0xFE, 0xFF, 0, (byte)'a']).Code);
        Assert.Equal("nul-byte", Fault([(byte)'a', 0, (byte)'\n', 0]).Code);
    }

    [Theory]
    [InlineData("", (byte)'x', 1, null)]
    [InlineData("a,b\n1,2\n", (byte)'x', 3, null)]
    [InlineData("a,b\n1,\"", (byte)'\n', 2, "b")]
    public void An_endless_line_fails_after_the_bytes_one_record_may_have(string start, byte fill, int line, string? column)
    {
        var stream = new EndlessStream(start, fill, 200_000_000);
        var fault = Assert.Throws<DataFormatException>(() => CsvReader.Read(stream, Named));
        Assert.Equal(("line-too-long", (long?)line, column), (fault.Code, fault.Line, fault.Column));
        Assert.InRange(stream.Served, 1 << 20, 3 << 20);
    }

    [Fact]
    public void A_record_of_exactly_the_limit_is_read()
    {
        var options = Named with { MaxLineBytes = 100 };
        Assert.Equal(1, Some.Csv("a\n" + new string('x', 100) + "\n", options).Frame.RowCount);
        Assert.Equal("line-too-long", Fault(Utf8("a\n" + new string('x', 101) + "\n"), options).Code);
        Assert.Equal("line-too-long", Fault(Utf8("a\n" + new string('x', 101)), options with { BufferBytes = 1000 }).Code);
    }

    [Fact]
    public void A_header_of_too_many_columns_is_refused()
    {
        Assert.Equal("too-many-columns", Fault(Utf8(string.Join(',', Enumerable.Range(0, 10_001)))).Code);
    }

    [Fact]
    public void Bad_rows_up_to_the_limit_are_left_out_and_reported()
    {
        var read = Some.Csv("a,b\n1,2\n3\n4,\"x\" y\n5,6\n", Named with { MaxBadRows = 2 });
        Assert.Equal(["1", "5"], Some.Cells(read.Frame, "a"));
        Assert.Equal([(3L, "ragged-row"), (4L, "text-after-quote")], read.BadRows.Select(r => (r.Line, r.Code)));
        var fault = Some.CsvFault("a,b\n1,2\n3\n4\n5\n", Named with { MaxBadRows = 2 });
        Assert.Equal(("too-many-bad-rows", 3L), (fault.Code, fault.Line));
        Assert.Contains("3 bad rows, 2 are allowed. line 3: 1 cells where the header has 2; line 4:", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_of_nothing_but_bad_rows_stops_early()
    {
        var stream = new MemoryStream(Utf8("a,b\n" + string.Concat(Enumerable.Repeat("1\n", 100_000))));
        Assert.Throws<DataFormatException>(() => CsvReader.Read(stream, Named));
        Assert.True(stream.Position < 1000);
    }

    [Fact]
    public void Rows_bad_in_one_cell_are_dropped_once_and_keep_their_lines()
    {
        var options = Named with
        {
            MaxBadRows = 3,
            Schema = [new("n", ColumnType.Numeric), new("t", ColumnType.Timestamp), new("b", ColumnType.Boolean)],
        };
        var read = Some.Csv("n,t,b\n1,1990-01-01,true\nx,01/02/1990,yes\n3,\"1990-01-02\n\",1\n4,1990-01-03,\n", options);
        Assert.Equal(["1", "4"], Some.Cells(read.Frame, "n"));
        Assert.Equal([(3L, "n"), (4L, "t")], read.BadRows.Select(r => (r.Line, r.Column!)));
    }

    [Fact]
    public void Reading_stops_when_cancelled()
    {
        Assert.Throws<OperationCanceledException>(() => CsvReader.Read(new MemoryStream(Utf8("a\n1\n")), Named, new CancellationToken(true)));
    }
}
