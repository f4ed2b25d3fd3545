using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Reading;

namespace Perennial.Core.Data;

/// <summary>The formats of rows: what names and media types they have, and which reader reads them.</summary>
public static class RowFormats
{
    /// <summary>The media types that rows are uploaded as.</summary>
    public static IReadOnlyList<string> MediaTypes { get; } = ["text/csv", "application/x-ndjson", "application/vnd.apache.parquet"];

    /// <summary>The format of a file of that name, <c>.gz</c> at its end apart; null where the name says nothing.</summary>
    public static DataFormat? ByName(string fileName)
    {
        var name = IsGzip(fileName) ? Path.GetFileNameWithoutExtension(fileName) : fileName;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" => DataFormat.Csv,
            ".jsonl" or ".ndjson" or ".json" => DataFormat.Jsonl,
            ".parquet" => DataFormat.Parquet,
            _ => null,
        };
    }

    /// <summary>Whether the name is that of a gzip file.</summary>
    public static bool IsGzip(string fileName) => Path.GetExtension(fileName).Equals(".gz", StringComparison.OrdinalIgnoreCase);

    /// <summary>The format of a media type, its parameters apart; null where it is none of rows.</summary>
    public static DataFormat? ByMediaType(string? mediaType) => mediaType?.Split(';')[0].Trim().ToLowerInvariant() switch
    {
        "text/csv" => DataFormat.Csv,
        "application/x-ndjson" or "application/jsonl" => DataFormat.Jsonl,
        "application/vnd.apache.parquet" => DataFormat.Parquet,
        _ => null,
    };

    /// <summary>The media type that a file of the format is uploaded as.</summary>
    public static string MediaType(DataFormat format) => MediaTypes[(int)format];

    /// <summary>Whether the bytes are Parquet, which begins and ends with the same four bytes; the stream is put back to its start.</summary>
    public static bool IsParquet(Stream bytes)
    {
        var length = ParquetReader.Magic.Length;
        Span<byte> found = stackalloc byte[2 * length];
        if (bytes.Length < found.Length) return false;
        bytes.Position = 0;
        bytes.ReadExactly(found[..length]);
        bytes.Position = bytes.Length - length;
        bytes.ReadExactly(found[length..]);
        bytes.Position = 0;
        return found[..length].SequenceEqual(ParquetReader.Magic) && found[length..].SequenceEqual(ParquetReader.Magic);
    }

    /// <summary>Reads rows; a stream of Parquet must be able to seek.</summary>
    /// <exception cref="DataFormatException">The rows cannot be read, or more are bad than the options allow.</exception>
    public static ReadResult Read(DataFormat format, Stream bytes, ReadOptions options, CancellationToken cancellationToken = default) => format switch
    {
        DataFormat.Csv => CsvReader.Read(bytes, options, cancellationToken),
        DataFormat.Jsonl => JsonLinesReader.Read(bytes, options, cancellationToken),
        DataFormat.Parquet => ParquetReader.Read(bytes, options, cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(format), format, "There is no such format."),
    };
}
