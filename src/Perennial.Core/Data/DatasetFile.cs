using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Core.Data;

/// <summary>Reads one file of rows: whole with inference when it arrives, and with the declared schema ever after.</summary>
internal static class DatasetFile
{
    /// <summary>The format of a new file: what its bytes say where they do, else the spec, else its name; CSV where nothing tells.</summary>
    public static DataFormat FormatOf(ModelSpec spec, string fileName, Stream bytes) =>
        RowFormats.IsParquet(bytes) ? DataFormat.Parquet : spec.Data.Format ?? RowFormats.ByName(fileName) ?? DataFormat.Csv;

    /// <summary>Reads a new file and infers its schema; what is wrong with it is a problem that names file, line and column.</summary>
    public static Outcome<ReadResult> Infer(Stream bytes, DataFormat format, ModelSpec spec, string fileName, CancellationToken cancellationToken)
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
            return RowFormats.Read(format, bytes, options, cancellationToken);
        }
        catch (DataFormatException error) when (error.Code == "missing-column" && spec.Data.Types.Count > 0)
        {
            // A type was declared for a column that is not there: the check of declared columns knows more to say about that.
            bytes.Position = 0;
            return Infer(bytes, format, spec with { Data = spec.Data with { Types = new Dictionary<string, ColumnType>() } }, fileName, cancellationToken);
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
        var options = new ReadOptions
        {
            MissingTokens = Tokens(manifest.Missing ?? []),
            Schema = manifest.Columns,
            AbsentIsMissing = part.Format == DataFormat.Jsonl,
            // What may be left out was decided when the file arrived.
            MaxBadRows = int.MaxValue,
            Delimiter = manifest.Delimiter[0],
            Source = part.Source,
        };
        return RowFormats.Read(part.Format, bytes, options, cancellationToken).Frame;
    }

    private static HashSet<string> Tokens(IEnumerable<string> declared) => new(declared, StringComparer.Ordinal) { "" };

    private static string Place(DataFormatException error)
    {
        var place = error.Source ?? "input";
        if (error.Line is { } line) place += $":{line}";
        return error.Column is { } column ? $"{place}, column '{column}'" : place;
    }
}
