using System.Text;
using Perennial.Learning.Frames;
using Perennial.Learning.Randomness;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading;

/// <summary>Tables as files hold them: columns of one type each with cells that spoil it now and then, and rows that are broken.</summary>
internal static class GeneratedTable
{
    private static readonly string[] Words = ["a", "bb", "Private", "Married-civ-spouse", "é", "漢字 is long", "None", "x,y", "q\"q", "two\nlines", "cr\r\nlf", ""];
    private static readonly string[] Spoilers =
        ["", "NA", "7", "007", "-0", "1e5", " 5 ", "+4", ".5", "5.", "1,234", "nan", "true", "2001-01-01", "2001-02-30", "9 Jan 1990", "01/02/1990",
            "2001-01-01T10:00:00+01:00", "12345678901234567890", "0.1234567890123456789", "end", "\"", "-"];

    private static readonly string[] Broken = ["1", "1,2,3,4,5,6,7,8,9", "\"a\"b,2,3", "x\0y", "", "\r", "a\"b", " ", "\"\"", "\"x\ny\""];

    public static ReadOptions Options(Xoshiro256 random, string[] names)
    {
        var options = new ReadOptions
        {
            Delimiter = ",;\t"[random.Next(3)],
            MaxBadRows = random.Next(3) == 0 ? 0 : random.Next(200),
            MissingTokens = new[] { new HashSet<string> { "" }, ["", "NA"], ["", "7", "2001-01-01", "None"], [] }[random.Next(4)],
            MaxCategoricalLevels = random.Next(2) == 0 ? 1000 : 1 + random.Next(12),
            DistinctCells = new[] { 8192, 3, 10, 30 }[random.Next(4)],
        };
        ColumnSchema[] schema = [.. names.Where(_ => random.Next(3) > 0).Reverse().Select(name => new ColumnSchema(name, (ColumnType)random.Next(5)))];
        return random.Next(4) switch
        {
            0 when schema.Length > 0 => options with { Schema = schema, MaxBadRows = random.Next(2) == 0 ? int.MaxValue : 20 },
            1 => options with { Types = schema.Take(2).ToDictionary(s => s.Name, s => s.Type) },
            _ => options,
        };
    }

    public static byte[] Csv(Xoshiro256 random, string[] names, char delimiter)
    {
        var end = new[] { "\n", "\r\n", "\r" }[random.Next(3)];
        var columns = names.Select(_ => Column(random)).ToArray();
        var text = new StringBuilder(random.Next(4) == 0 ? "\uFEFF" : "").AppendJoin(delimiter, names.Select(n => Quoted(n, delimiter))).Append(end);
        var (rows, spoil, broken) = (random.Next(random.Next(3) == 0 ? 400 : 40), random.Next(2) * (1 + random.Next(30)), random.Next(2) * (1 + random.Next(30)));
        var alwaysQuote = random.Next(4) == 0;
        for (var row = 0; row < rows; row++)
        {
            if (broken > 0 && random.Next(100 * broken) < 100) text.Append(Broken[random.Next(Broken.Length)].Replace(',', delimiter)).Append(end);
            for (var i = 0; i < columns.Length; i++)
            {
                var cell = spoil > 0 && random.Next(100 * spoil) < 100 ? Spoilers[random.Next(Spoilers.Length)] : columns[i](row);
                if (i > 0) text.Append(delimiter);
                text.Append(alwaysQuote ? $"\"{cell.Replace("\"", "\"\"")}\"" : Quoted(cell, delimiter));
            }
            if (row < rows - 1 || random.Next(2) == 0) text.Append(end);
        }
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(10) == 0 && bytes.Length > 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        return bytes;
    }

    public static byte[] JsonLines(Xoshiro256 random, string[] names)
    {
        var columns = names.Select(_ => Column(random)).ToArray();
        var text = new StringBuilder();
        for (int row = 0, rows = random.Next(150); row < rows; row++)
        {
            if (random.Next(60) == 0) text.Append(new[] { "", "[1]", "{\"a\":", "5", " \r", "{\"a\":[]}", "{\"z\":1,\"z\":2}", "{}" }[random.Next(8)]).Append('\n');
            var some = names.Zip(columns).Where(_ => random.Next(8) > 0).Select(c => $"\"{c.First}\":{Json(c.Second(row), random)}");
            text.Append('{').AppendJoin(',', some).Append('}').Append(random.Next(2) == 0 ? "\n" : "\r\n");
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Json(string cell, Xoshiro256 random)
    {
        if (random.Next(40) == 0) return new[] { "null", "true", "7", "\"7\"", "\"\\u0000\"", "\"a\\u0000\"", "\"\"" }[random.Next(7)];
        return cell is "true" or "false" || (double.TryParse(cell, out var value) && double.IsFinite(value) && !cell.StartsWith('+') && !cell.Contains("N"))
            ? cell.StartsWith('.') || cell.EndsWith('.') || cell.StartsWith('0') ? "0" : cell
            : System.Text.Json.JsonSerializer.Serialize(cell);
    }

    private static string Quoted(string cell, char delimiter) =>
        cell.AsSpan().IndexOfAny([delimiter, '"', '\r', '\n']) >= 0 ? $"\"{cell.Replace("\"", "\"\"")}\"" : cell;

    private static Func<int, string> Column(Xoshiro256 random)
    {
        var start = new DateTime(1990 + random.Next(30), 1 + random.Next(12), 1 + random.Next(28), 0, 0, 0, DateTimeKind.Utc);
        var missing = random.Next(3) == 0 ? 5 : 0;
        var few = 1 + random.Next(6);
        var format = new[] { "yyyy-MM-dd", "yyyy/MM/dd HH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.fffZ", "yyyy-MM-dd HH:mm:ss+02:00", "yyyy-MM-ddTHH:mm:ss.FFFFFFF", "yyyy-M-d" }[random.Next(7)];
        Func<int, string> make = random.Next(8) switch
        {
            0 => row => row.ToString(),
            1 => row => (random.Next(1000) - 500).ToString(),
            2 => row => $"{random.Next(100)}.{random.Next(100):00}",
            3 => row => random.NextDouble().ToString("R"),
            4 => row => start.AddSeconds(random.Next(100_000_000)).ToString(format, System.Globalization.CultureInfo.InvariantCulture),
            5 => row => random.Next(2) == 0 ? "true" : "False",
            6 => row => Words[random.Next(few * 2)],
            _ => row => Words[random.Next(Words.Length)] + random.Next(1000),
        };
        return row => missing > 0 && random.Next(missing) == 0 ? "" : make(row);
    }
}
