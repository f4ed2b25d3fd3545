using System.Text.Json;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Core.Data;

/// <summary>Reads one file of rows: whole with inference when it arrives, and with the declared schema ever after.</summary>
internal static class DatasetFile
{
    public static DataFormat FormatOf(ModelSpec spec, string fileName) => spec.Data.Format
        ?? (Path.GetExtension(fileName).ToLowerInvariant() is ".jsonl" or ".ndjson" or ".json" ? DataFormat.Jsonl : DataFormat.Csv);

    /// <summary>Reads a new file and infers its schema; what is wrong with it is a problem that names file, line and column.</summary>
    public static Outcome<ReadResult> Infer(Stream bytes, ModelSpec spec, string fileName, CancellationToken cancellationToken)
    {
        var options = new ReadOptions
        {
            MissingTokens = Tokens(spec.Data.Missing),
            Types = spec.Data.Types,
            MaxBadRows = spec.Data.MaxBadRows,
            Delimiter = spec.Data.Delimiter[0],
            Source = fileName,
        };
        try
        {
            return Read(FormatOf(spec, fileName), bytes, options, cancellationToken);
        }
        catch (DataFormatException error) when (error.Code == "missing-column" && spec.Data.Types.Count > 0)
        {
            // A type was declared for a column that is not there: the check of declared columns knows more to say about that.
            bytes.Position = 0;
            return Infer(bytes, spec with { Data = spec.Data with { Types = new Dictionary<string, ColumnType>() } }, fileName, cancellationToken);
        }
        catch (DataFormatException error)
        {
            return Problem.Invalid(error.Code, error.Message, [new Fault(Place(error), error.Message)]);
        }
    }

    /// <summary>
    /// Reads a part with the dataset's schema. Columns that a JSON Lines part never mentions are missing throughout: live rows need not
    /// carry what the model does not read.
    /// </summary>
    public static Frame Read(Stream bytes, DatasetManifest manifest, DatasetPart part, CancellationToken cancellationToken)
    {
        var present = part.Format == DataFormat.Jsonl ? Keys(bytes) : null;
        var options = new ReadOptions
        {
            MissingTokens = Tokens(manifest.Missing ?? []),
            Schema = [.. manifest.Columns.Where(c => present is null || present.Contains(c.Name))],
            // What may be left out was decided when the file arrived.
            MaxBadRows = int.MaxValue,
            Delimiter = manifest.Delimiter[0],
            Source = part.Source,
        };
        var frame = Read(part.Format, bytes, options, cancellationToken).Frame;
        return new Frame([.. manifest.Columns.Select(c => frame.Find(c.Name) ?? Empty(c, frame.RowCount))], frame.RowCount);
    }

    private static ReadResult Read(DataFormat format, Stream bytes, ReadOptions options, CancellationToken cancellationToken) =>
        format == DataFormat.Csv ? CsvReader.Read(bytes, options, cancellationToken) : JsonLinesReader.Read(bytes, options, cancellationToken);

    private static HashSet<string> Tokens(IEnumerable<string> declared) => new(declared, StringComparer.Ordinal) { "" };

    private static HashSet<string> Keys(Stream lines)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        using var reader = new StreamReader(lines, leaveOpen: true);
        while (reader.ReadLine() is { } line)
        {
            if (line.Length == 0) continue;
            try
            {
                using var row = JsonDocument.Parse(line);
                if (row.RootElement.ValueKind == JsonValueKind.Object) keys.UnionWith(row.RootElement.EnumerateObject().Select(p => p.Name));
            }
            catch (JsonException)
            {
                // A bad row: the reader proper counts and reports it.
            }
        }
        lines.Position = 0;
        return keys;
    }

    private static Column Empty(ColumnSchema column, int rows) => column.Type switch
    {
        ColumnType.Numeric => new NumericColumn(column.Name, Filled(rows, double.NaN)),
        ColumnType.Boolean => new BooleanColumn(column.Name, Filled(rows, BooleanColumn.Missing)),
        ColumnType.Timestamp => new TimestampColumn(column.Name, Filled(rows, TimestampColumn.Missing)),
        ColumnType.Text => new TextColumn(column.Name, new string?[rows]),
        _ => new CategoricalColumn(column.Name, Filled(rows, CategoricalColumn.Missing), []),
    };

    private static T[] Filled<T>(int count, T value)
    {
        var values = new T[count];
        Array.Fill(values, value);
        return values;
    }

    private static string Place(DataFormatException error)
    {
        var place = error.Source ?? "input";
        if (error.Line is { } line) place += $":{line}";
        return error.Column is { } column ? $"{place}, column '{column}'" : place;
    }
}
