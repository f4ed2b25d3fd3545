using System.IO.Compression;
using System.Text;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Cli.Client;

/// <summary>What a file of rows is, as far as its name and its first line tell.</summary>
public static class RowFile
{
    private const int HeaderBytes = 64 * 1024;
    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    /// <summary>The format that the name says, and CSV where it says none, as for the host.</summary>
    public static DataFormat Format(string name) => RowFormats.ByName(name) ?? DataFormat.Csv;

    /// <summary>The file's bytes, expanded where its name says that they are gzip.</summary>
    public static Stream Open(FileInfo file) =>
        RowFormats.IsGzip(file.Name) ? new GZipStream(file.OpenRead(), CompressionMode.Decompress) : file.OpenRead();

    /// <summary>The delimiter of a CSV: of comma, semicolon, tab and bar the one that the header line has most often outside quotes; comma where none is there.</summary>
    public static char Delimiter(FileInfo file)
    {
        using var stream = Open(file);
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
