using System.Text;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Reading;

namespace Perennial.Cli.Client;

/// <summary>What a file of rows is, as far as its name, its ends and its first line tell.</summary>
public static class RowFile
{
    private const int HeaderBytes = 64 * 1024;
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>The format that the name says, and CSV where it says none, as for the host.</summary>
    public static DataFormat Format(string name) => RowFormats.ByName(name) ?? DataFormat.Csv;

    /// <summary>The format of a file that is there: Parquet where its bytes are, whatever it is called; else what its name says, else what the spec says, else CSV.</summary>
    public static DataFormat Format(FileInfo file, DataFormat? spec = null)
    {
        using var stream = file.OpenRead();
        return RowFormats.IsParquet(stream) ? DataFormat.Parquet : RowFormats.ByName(file.Name) ?? spec ?? DataFormat.Csv;
    }

    /// <summary>The name of a file without what says its format, such as <c>.csv.gz</c>.</summary>
    public static string Stem(FileInfo file) =>
        Path.GetFileNameWithoutExtension(RowFormats.IsGzip(file.Name) ? Path.GetFileNameWithoutExtension(file.Name) : file.Name);

    /// <summary>The delimiter of a CSV: of comma, semicolon, tab and bar the one that the header line has most often outside quotes; comma where none is there.</summary>
    public static char Delimiter(FileInfo file)
    {
        using var raw = file.OpenRead();
        using var stream = new ExpandedStream(raw, new ReadOptions { Source = file.Name });
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
