using System.Text;

namespace Perennial.Cli.Client;

/// <summary>What a file of rows is, as far as its name and its first line tell.</summary>
public static class RowFile
{
    private const int HeaderBytes = 64 * 1024;
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>Whether the name is that of JSON Lines: <c>.jsonl</c>, <c>.ndjson</c> or <c>.json</c>; everything else is CSV, as for the host.</summary>
    public static bool IsJsonLines(string name) =>
        Path.GetExtension(name).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".json";

    /// <summary>The delimiter of a CSV: of comma, semicolon, tab and bar the one that the header line has most often outside quotes; comma where none is there.</summary>
    public static char Delimiter(FileInfo file)
    {
        using var stream = file.OpenRead();
        var bytes = new byte[HeaderBytes];
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var counts = new int[Delimiters.Length];
        var quoted = false;
        foreach (var c in Encoding.UTF8.GetString(bytes, 0, read))
        {
            if (c == '"') quoted = !quoted;
            else if (c is '\n' or '\r' && !quoted) break;
            else if (!quoted && Array.IndexOf(Delimiters, c) is >= 0 and var which) counts[which]++;
        }
        return Delimiters[Array.IndexOf(counts, counts.Max())];
    }
}
