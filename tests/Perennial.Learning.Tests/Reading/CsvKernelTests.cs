using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading.Chunks;
using Perennial.Learning.Reading.Scanning;

namespace Perennial.Learning.Tests.Reading;

/// <summary>Every kernel is held to the same: what it finds in some texts, and the scalar one's result on random bytes.</summary>
public class CsvKernelTests
{
    public static TheoryData<string> Kernels => new("scalar", "vector128", "vector256");

    private static ByteChunk Chunk(ReadOnlySpan<byte> bytes)
    {
        var chunk = new ByteChunk();
        chunk.Reserve(bytes.Length, 0);
        bytes.CopyTo(chunk.Bytes);
        chunk.Close(bytes.Length, truncated: false);
        return chunk;
    }

    private static string Index(CsvKernel kernel, ReadOnlySpan<byte> bytes)
    {
        var index = new CsvIndex();
        return kernel.TryIndex(Chunk(bytes), (byte)',', index)
            ? $"{string.Join(' ', index.Positions[..index.Count])} {index.LineEnds} {index.QuotedLineEnds}"
            : "not plain";
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Ends_are_found_outside_quotes_only(string name)
    {
        var kernel = CsvKernel.Choose(name);
        Assert.Equal("1 4 6 8 2 False", Index(kernel, "a,b\r\nc,d\n"u8));
        Assert.Equal("1 3 1 False", Index(kernel, "a,b"u8));
        Assert.Equal("0 1 3 3 False", Index(kernel, "\r\ra\n"u8));
        Assert.Equal("12 14 1 True", Index(kernel, "\"a,b\r\n\"\"c,d\",e\n"u8));
        Assert.Equal("4 7 1 False", Index(kernel, "\"\"\"\",\"\"\n"u8));
        var far = new string('x', 62);
        Assert.Equal("62 65 1 False", Index(kernel, Encoding.UTF8.GetBytes($"{far},a\r\n")));
        Assert.Equal("64 67 1 False", Index(kernel, Encoding.UTF8.GetBytes($"\"{far}\",\"\"\n")));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void What_a_record_reader_must_judge_is_not_plain(string name)
    {
        var kernel = CsvKernel.Choose(name);
        foreach (var text in new[] { "a\"b\n", "\"a\"b\n", "\"a\n", "a\0\n", "\"a\" \"b\"\n", $"{new string('x', 63)}\"\n", $"\"{new string('x', 62)}\"y\n" })
            Assert.Equal("not plain", Index(kernel, Encoding.UTF8.GetBytes(text)));
        Assert.Equal("not plain", Index(kernel, [(byte)'a', 0xFF, (byte)'\n']));
        Assert.Equal("2 1 False", Index(kernel, "é\n"u8));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void The_last_record_ends_where_it_is_known_to(string name)
    {
        var kernel = CsvKernel.Choose(name);
        Assert.Equal(0, kernel.LastRecordEnd("abc"u8, (byte)','));
        Assert.Equal(2, kernel.LastRecordEnd("a\nb"u8, (byte)','));
        Assert.Equal(3, kernel.LastRecordEnd("a\r\nb"u8, (byte)','));
        Assert.Equal(2, kernel.LastRecordEnd("a\nb\r"u8, (byte)','));
        Assert.Equal(2, kernel.LastRecordEnd("a\r\r"u8, (byte)','));
        Assert.Equal(4, kernel.LastRecordEnd("\"b\"\n\"c\n"u8, (byte)','));
        Assert.Equal(4, kernel.LastRecordEnd("\"b\"\nc\r"u8, (byte)','));
        Assert.Equal(6, kernel.LastRecordEnd("a\"b\"c\n\"d\n"u8, (byte)','));
    }

    [Fact]
    public void All_kernels_find_the_same_in_any_bytes()
    {
        var alphabet = Encoding.UTF8.GetBytes("aaaaaaaa,,,\"\"\"\"\n\n\r\r1é\0").Append((byte)0xFF).ToArray();
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            var random = new Xoshiro256(seed);
            var kinds = random.Next(3) == 0 ? alphabet.Length : 11 + random.Next(10);
            byte[] bytes = [.. Enumerable.Range(0, random.Next(200)).Select(_ => alphabet[random.Next(kinds)])];
            var scalar = CsvKernel.Choose("scalar");
            foreach (var name in new[] { "vector128", "vector256" })
            {
                var kernel = CsvKernel.Choose(name);
                Assert.Equal(Index(scalar, bytes), Index(kernel, bytes));
                Assert.Equal(scalar.LastRecordEnd(bytes, (byte)','), kernel.LastRecordEnd(bytes, (byte)','));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }

    [Fact]
    public void An_unknown_kernel_is_refused_by_name()
    {
        var error = Assert.Throws<ArgumentException>(() => CsvKernel.Choose("vector999"));
        Assert.Contains("'vector999'; known kernels are scalar, vector128 and vector256", error.Message, StringComparison.Ordinal);
    }
}
