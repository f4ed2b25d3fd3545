using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;
using Perennial.Learning.Reading.Scanning;
using Perennial.Learning.Tests.Reading.Sequential;

namespace Perennial.Learning.Tests.Reading;

/// <summary>The reader against one that goes a byte at a time from the first to the last.</summary>
public class DifferentialTests
{
    private static readonly string[] Kernels = ["scalar", "vector128", "vector256"];
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1000);

    private static string Outcome(Func<ReadResult> read)
    {
        try
        {
            var result = read();
            return string.Join('\n', [
                .. result.Frame.Columns.Select(FrameBits.Of),
                .. result.BadRows.Select(r => $"{r} {r.Code}"),
                .. result.Columns.Select(c => $"{c} {string.Join('|', c.Hints)}".Replace("System.String[]", "").Replace("System.Collections.Generic.List`1[System.String]", "")),
            ]);
        }
        catch (DataFormatException fault)
        {
            return $"{fault.Code} {fault.Message}";
        }
    }

    private static ReadOptions Shaken(ReadOptions options, Xoshiro256 random) => options with
    {
        BufferBytes = random.Next(3) == 0 ? 1 + random.Next(3000) : 1 + random.Next(100),
        Threads = 1 + random.Next(4),
        Kernel = CsvKernel.Choose(Kernels[random.Next(Kernels.Length)]),
        CodedCells = random.Next(3) == 0 ? 1 + random.Next(8) : ushort.MaxValue,
    };

    private static void Compare(byte[] bytes, ReadOptions options, Xoshiro256 random, bool json)
    {
        var expected = Outcome(() => json
            ? SequentialJsonLines.Read(new MemoryStream(bytes), options with { BufferBytes = 1 << 16 })
            : SequentialCsv.Read(new MemoryStream(bytes), options with { BufferBytes = 1 << 16 }));
        var shaken = Shaken(options, random);
        var actual = Outcome(() => json ? JsonLinesReader.Read(new MemoryStream(bytes), shaken) : CsvReader.Read(new MemoryStream(bytes), shaken));
        if (expected != actual)
            Assert.Fail($"{shaken}\n{System.Text.Encoding.UTF8.GetString(bytes)}\nexpected:\n{expected}\nactual:\n{actual}");
    }

    [Fact]
    public void A_csv_file_is_read_as_one_byte_after_another_would_be_whatever_the_chunks_threads_and_kernel()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            string[] names = [.. Enumerable.Range(0, 1 + random.Next(5)).Select(i => $"c{i}")];
            var options = GeneratedTable.Options(random, names);
            Compare(GeneratedTable.Csv(random, names, options.Delimiter), options, random, json: false);
        }).Check(Many);
    }

    [Fact]
    public void A_json_lines_file_is_read_as_one_line_after_another_would_be_whatever_the_chunks_and_threads()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            string[] names = [.. Enumerable.Range(0, 1 + random.Next(5)).Select(i => $"c{i}")];
            var options = GeneratedTable.Options(random, names) with { MaxColumns = random.Next(4) == 0 ? 3 : 10_000 };
            Compare(GeneratedTable.JsonLines(random, names), options, random, json: true);
        }).Check(Many);
    }

    [Fact]
    public void Arbitrary_bytes_have_the_same_faults()
    {
        var alphabet = System.Text.Encoding.UTF8.GetBytes("aa,,\"\"\n\n\r11é\0").Append((byte)0xFF).ToArray();
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            var kinds = random.Next(2) == 0 ? 10 : alphabet.Length;
            byte[] bytes = [.. "a,b\n"u8, .. Enumerable.Range(0, random.Next(300)).Select(_ => alphabet[random.Next(kinds)])];
            Compare(bytes, new ReadOptions { MaxBadRows = random.Next(60) }, random, json: false);
        }).Check(Many);
    }
}
