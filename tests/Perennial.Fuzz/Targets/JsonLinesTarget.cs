using System.Text;
using Perennial.Fuzz.Mutations;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;

namespace Perennial.Fuzz.Targets;

/// <summary>JSON Lines, plain and gzip.</summary>
internal sealed class JsonLinesTarget : IFuzzTarget
{
    private static readonly string[] Names = ["a", "when", "kind", "x", "no such column"];

    private static readonly byte[][] Wholes = [.. new[]
    {
        "{\"a\":1,\"b\":\"x\"}\n{\"a\":2.5,\"b\":null}\n{\"b\":\"y\",\"c\":true}\n",
        "{\"when\":\"2001-01-01T10:00:00Z\",\"kind\":\"red\",\"x\":-1e-5}\r\n{\"when\":\"2001-01-02\",\"kind\":\"green\"}\r\n\r\n{\"x\":3}\r\n{}\r\n",
        "{ \"kind\" : \"a\\u00e9\\n\\\"q\\\"\", \"flag\" : false }\n{\"kind\":\"\\ud83d\\ude00\",\"flag\":true}\n{\"kind\":\"\",\"flag\":null}",
        "\uFEFF{\"a\":12345678901234567890,\"t\":\"NA\"}\n{\"a\":-0.0,\"t\":\"?\"}\n{\"t\":\"word\",\"a\":1E+2}\n",
    }.Select(Encoding.UTF8.GetBytes)];

    private static readonly TextMutation Text = new("{}[]:,\"\\\r\n ", [
        "", "{", "}", "[", "]", "{}", "[1,2]", "null", "true", "false", "0", "-0", "01", "1e400", "-1E-400", "1.", "12345678901234567890123456789", "NaN",
        "\"a\"", "\"kind\"", "\"when\"", "\"\"", "\"\\u0000\"", "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\x\"", "\"2001-01-01\"", "\"{\\\"a\\\":1}\"", "\0", "\uFEFF",
        "é", "//", "/* */", "{\"a\":{\"b\":1}}", "\"a\":1", "\t",
    ]);

    public string Name => "jsonl";

    public string FirstStage => "the byte order mark, gzip, and the first object; a case is past it when a line after the first was met";

    public byte[] Draw(Xoshiro256 random)
    {
        var text = Text.Of(Wholes[random.Next(Wholes.Length)], random);
        if (random.Next(20) == 0) text = ByteMutation.Of(text, random);
        return random.Next(12) == 0 ? TableReading.Gzip(text, random) : text;
    }

    public Reach Read(byte[] bytes, Xoshiro256 random)
    {
        var options = TableReading.Options(random, Names);
        var first = TableReading.FirstLine(bytes);
        return TableReading.Reach(() => JsonLinesReader.Read(new MemoryStream(bytes), options),
            fault => !(fault.Code is "no-rows" or "too-many-bad-rows" || fault.Line > first));
    }

    public long MostAllocated(int length) => TableReading.FreeExpansion + 256L * length;
}
