using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;
using Perennial.Learning.Reading.Parquet;

namespace Perennial.Learning.Tests.Reading.Parquet;

public class ParquetRoundTripTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(500);

    private static Frame SomeFrame(Xoshiro256 random, int most)
    {
        var rows = 1 + random.Next(most);
        var (gaps, few) = (1 + random.Next(5), 1 + random.Next(40));
        T[] Make<T>(Func<T> make, T missing) => [.. Enumerable.Range(0, rows).Select(_ => random.Next(gaps) == 1 ? missing : make())];
        string Word() => new[] { "", "é", "漢字 is long", "x,y\"z", "a" }[random.Next(5)] + random.Next(few);
        var columns = new List<Column>
        {
            new NumericColumn("x", Make(() => random.Next(2) == 0 ? random.Next(few) : random.NextDouble() * 1e300, double.NaN)),
            new BooleanColumn("b", Make(() => (sbyte)random.Next(2), BooleanColumn.Missing)),
            new TimestampColumn("t", Make(() => (long)(random.NextUInt64() % (ulong)DateTime.MaxValue.Ticks) / 10 * 10, TimestampColumn.Missing)),
            CategoricalColumn.From("c", Make<string?>(Word, null)),
            new TextColumn("s", Make<string?>(() => Word() + random.NextUInt64(), null)),
        };
        return new Frame([.. columns.Skip(random.Next(columns.Count))], rows);
    }

    private static ReadOptions Shaken(Xoshiro256 random, Frame frame) => new()
    {
        Schema = frame.Schema,
        Threads = 1 + random.Next(3),
        DistinctCells = random.Next(2) == 0 ? 8192 : 3,
        MaxCategoricalLevels = random.Next(2) == 0 ? 1000 : 3,
    };

    [Fact]
    public void What_is_written_is_read_again_whatever_the_pages_the_encodings_and_the_codecs()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            var frame = SomeFrame(random, random.Next(3) == 0 ? 3000 : 60);
            var bytes = WrittenParquet.Of(frame, random);
            FrameBits.AssertEqual(frame, ParquetReader.Read(new MemoryStream(bytes), Shaken(random, frame)).Frame);
        }).Check(Many);
    }

    [Fact]
    public void Strings_have_the_types_that_the_same_strings_have_in_json_lines()
    {
        string[][] columns = [["2001-01-01", "2001-02-03"], ["1", "2"], ["true", "false"], ["a", "b"], ["03/04/2001", "2001-01-01"]];
        foreach (var cells in columns)
        {
            var bytes = new WrittenParquet(new Xoshiro256(7)).Write([new StoredColumn("c", 6, 0, [.. cells.Select(System.Text.Encoding.UTF8.GetBytes)])], 2);
            var (parquet, json) = (ParquetReader.Read(new MemoryStream(bytes), new ReadOptions()), Some.Json(string.Join('\n', cells.Select(c => $"{{\"c\":\"{c}\"}}"))));
            FrameBits.AssertEqual(json.Frame, parquet.Frame);
            Assert.Equal(json.Columns[0].Reason.Replace("line", "row", StringComparison.Ordinal), parquet.Columns[0].Reason);
        }
    }

    [Fact]
    public void Whatever_is_done_to_a_file_it_is_read_or_refused_by_name()
    {
        var (read, refused) = (0, 0);
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            var frame = SomeFrame(random, 40);
            var bytes = WrittenParquet.Of(frame, random);
            for (var damage = 1 + random.Next(3); damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (random.Next(8) == 0) bytes = bytes[..random.Next(bytes.Length)];
            try
            {
                ParquetReader.Read(new MemoryStream(bytes), new ReadOptions { MaxBadRows = random.Next(2) * 100 });
                read++;
            }
            catch (DataFormatException fault)
            {
                Assert.NotEmpty(fault.Code);
                refused++;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
        Assert.True(read > 100 && refused > 100, $"{read} read, {refused} refused");
    }

    [Fact]
    public void A_snappy_block_comes_back_and_one_that_is_cut_or_too_long_is_refused()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            var body = Enumerable.Range(0, random.Next(random.Next(4) == 0 ? 70_000 : 300)).Select(_ => (byte)random.Next(1 + (int)(seed % 9))).ToArray();
            var block = SnappyBlock.Of(body);
            var to = new byte[body.Length];
            Assert.True(Snappy.TryExpand(block, to));
            Assert.Equal(body, to);
            Assert.True(body.Length <= block.Length * Snappy.MostExpansion);
            Assert.False(Snappy.TryExpand(block.AsSpan(0, random.Next(block.Length)), to));
            Assert.False(Snappy.TryExpand(block, new byte[body.Length + 1]));
        }).Check(Many);
    }
}
