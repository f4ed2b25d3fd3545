using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

public class RoundTripTests
{
    private static readonly string[] Pieces = ["a", "é", "漢", "😀", ",", ";", "\"", "\"\"", "\r", "\n", "\r\n", " ", "None", "1", "\t", "\uFEFF"];

    private static string Text(Xoshiro256 random) =>
        string.Concat(Enumerable.Range(0, 1 + random.Next(5)).Select(_ => Pieces[random.Next(Pieces.Length)]));

    private static double Number(Xoshiro256 random) => random.Next(4) switch
    {
        0 => random.Next(100),
        1 => -random.NextDouble(),
        2 => BitConverter.UInt64BitsToDouble(random.NextUInt64()) is var any && double.IsFinite(any) ? any : double.Epsilon,
        _ => double.NaN,
    };

    private static Frame SomeFrame(ulong seed)
    {
        var random = new Xoshiro256(seed);
        var rows = 1 + random.Next(12);
        T[] Make<T>(Func<T> make) => [.. Enumerable.Range(0, rows).Select(_ => make())];
        var columns = new List<Column>
        {
            new NumericColumn("x", Make(() => Number(random))),
            new BooleanColumn("b,\"", Make(() => (sbyte)(random.Next(3) - 1))),
            new TimestampColumn("t", Make(() => random.Next(4) == 0
                ? TimestampColumn.Missing : (long)(random.NextUInt64() % (ulong)DateTime.MaxValue.Ticks))),
            CategoricalColumn.From("c", Make(() => random.Next(3) == 0 ? null : Text(random))),
            new TextColumn("s\n", Make(() => random.Next(3) == 0 ? null : Text(random))),
        };
        return new Frame([.. columns.Skip(random.Next(columns.Count))], rows);
    }

    private static ReadResult WriteAndRead(Frame frame, int bufferBytes, char delimiter)
    {
        var stream = new MemoryStream();
        CsvWriter.Write(frame, stream, delimiter);
        stream.Position = 0;
        return CsvReader.Read(stream, new ReadOptions { Schema = frame.Schema, BufferBytes = bufferBytes, Delimiter = delimiter });
    }

    private static void AssertSame(Frame expected, Frame actual)
    {
        Assert.Equal(expected.Schema, actual.Schema);
        Assert.Equal(expected.RowCount, actual.RowCount);
        foreach (var column in expected.Columns)
            Assert.Equal(Some.Cells(expected, column.Name), Some.Cells(actual, column.Name));
    }

    [Fact]
    public void What_is_written_is_read_again_whatever_the_buffer()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), Gen.Choose(1, 80).ToArbitrary(), Gen.Elements(',', ';', '\t').ToArbitrary(),
            (seed, bufferBytes, delimiter) =>
            {
                var frame = SomeFrame(seed);
                AssertSame(frame, WriteAndRead(frame, bufferBytes, delimiter).Frame);
            }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_buffer_never_changes_what_is_inferred_or_found_bad()
    {
        const string Text = "\uFEFFa,\"b\r\n\",c\r\n1,\"x\r\ny\",2\r3,\"\"\"\",\r\n\r\nbad\n\"q\"z,1,2\n4,é漢😀,1e5\n";
        var options = new ReadOptions { MaxBadRows = 5 };
        var whole = Some.Csv(Text, options with { BufferBytes = 1000 });
        Assert.Equal(3, whole.Frame.RowCount);
        Assert.Equal([(7L, "ragged-row"), (8L, "text-after-quote")], whole.BadRows.Select(r => (r.Line, r.Code)));
        for (var bytes = 1; bytes < 60; bytes++)
        {
            var read = Some.Csv(Text, options with { BufferBytes = bytes });
            AssertSame(whole.Frame, read.Frame);
            Assert.Equal(whole.BadRows, read.BadRows);
            Assert.Equal(whole.Columns.Select(c => c.Reason), read.Columns.Select(c => c.Reason));
        }
    }

    [Fact]
    public void Arbitrary_bytes_give_a_frame_or_a_fault_and_nothing_else()
    {
        var alphabet = Encoding.UTF8.GetBytes("a,\"\n\r1é{}:[]\0").Append((byte)0xFF).ToArray();
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            byte[] bytes = [.. Enumerable.Range(0, random.Next(60)).Select(_ => alphabet[random.Next(alphabet.Length)])];
            var options = new ReadOptions { MaxBadRows = 3, MaxLineBytes = 40, BufferBytes = 1 + random.Next(20) };
            ReadOrFault(() => CsvReader.Read(new MemoryStream(bytes), options));
            ReadOrFault(() => JsonLinesReader.Read(new MemoryStream(bytes), options));
        }).QuickCheckThrowOnFailure();
    }

    private static void ReadOrFault(Func<ReadResult> read)
    {
        try
        {
            Assert.True(read().Frame.RowCount > 0);
        }
        catch (DataFormatException fault)
        {
            Assert.NotEmpty(fault.Code);
        }
    }

    [Fact]
    public void What_would_not_come_back_is_not_written()
    {
        var empty = new Frame([new TextColumn("a", ["", null])]);
        Assert.Throws<ArgumentException>(() => CsvWriter.Write(empty, new MemoryStream()));
        var stream = new MemoryStream();
        CsvWriter.Write(empty, stream, ',', "NA");
        Assert.Equal("a\n\"\"\nNA\n", Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Throws<ArgumentException>(() => CsvWriter.Write(new Frame([new TextColumn("a", ["\ud800"])]), new MemoryStream()));
        Assert.Throws<ArgumentException>(() => CsvWriter.Write(new Frame([new TextColumn("a", ["\0"])]), new MemoryStream()));
    }
}
