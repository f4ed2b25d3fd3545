using System.Text;
using Perennial.Fuzz.Mutations;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;

namespace Perennial.Fuzz.Targets;

/// <summary>CSV, plain and gzip.</summary>
internal sealed class CsvTarget : IFuzzTarget
{
    private static readonly string[] Names = ["a", "when", "kind", "x", "no such column"];

    private static readonly byte[][] Wholes = [.. new[]
    {
        "a,b,c\n1,2,3\n4,5,6\n7,,9\n",
        "when,kind,x\n2001-01-01T10:00:00,red,1.5\n2001-02-28 23:59,green,-2e10\n,blue,\n2020-12-31T00:00:00Z,red,0.1\n",
        "a,\"b \"\"q\"\"\",kind\r\n\"x\r\ny\",\"1,2\",\"\"\r\nplain,\"\",é漢😀\r\n,,\r\n",
        "\uFEFFkind;x;when\nred;1;2001-01-01\nred;2;2001-01-02\ngreen;NA;2001-01-03\nred;4;2001-13-45\n",
        "a,flag,word,code\n1,true,Private,007\n2,false,Self-emp,008\n3,,?,009\n4,true,Married-civ-spouse,010\n5,TRUE,\" spaced \",011\n",
        "x\n0.1234567890123456789\n1e308\n-1e-320\n12345678901234567890\nnan\n+4\n.5\n",
        "kind\nred\n\n\ngreen\n\"\"\nblue",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly TextMutation Text = new(",;\"\r\n", [
        "", "0", "-1", "1e400", "0x10", "1,234", "nan", "inf", "true", "NA", "?", "None", "2001-01-01", "2001-02-30T25:61:61Z", "9999-12-31T23:59:59.9999999",
        "01/02/1990 11:59 PM", "+00:00", "\"\"", "\"x\"\"y\"", "\"a\nb\"", "\0", "\uFEFF", "é", "\ud83d\ude00", "a", "when", "12345678901234567890123456789",
        "00000000000000000000001", "1.7976931348623159e308", " ", "\t", "\u0085", "word of some length",
    ]);

    public string Name => "csv";

    public string FirstStage => "the byte order mark, gzip, and the header with its names; a case is past it when a record after the header was met";

    public byte[] Draw(Xoshiro256 random)
    {
        var text = Text.Of(Wholes[random.Next(Wholes.Length)], random);
        if (random.Next(20) == 0) text = ByteMutation.Of(text, random);
        return random.Next(12) == 0 ? TableReading.Gzip(text, random) : text;
    }

    public Reach Read(byte[] bytes, Xoshiro256 random)
    {
        var options = TableReading.Options(random, Names) with { Delimiter = random.Next(6) == 0 ? ';' : ',' };
        var header = TableReading.FirstLine(bytes);
        return TableReading.Reach(() => CsvReader.Read(new MemoryStream(bytes), options),
            fault => !(fault.Code is "no-rows" or "too-many-bad-rows" || fault.Line > header));
    }

    public long MostAllocated(int length) => TableReading.FreeExpansion + 256L * length;
}
