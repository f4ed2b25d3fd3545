using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>How to read the data.</summary>
public sealed record DataSpec
{
    /// <summary>CSV, JSON Lines or Parquet; told from the file's name when absent. Parquet is known by its bytes in any case.</summary>
    public DataFormat? Format { get; init; }

    /// <summary>The CSV delimiter: one of , ; tab |.</summary>
    public string Delimiter { get; init; } = ",";

    /// <summary>The column that identifies a row; never a feature.</summary>
    public string? Id { get; init; }

    /// <summary>The timestamp column that orders rows. Calendar parts of it are features; the instant is not.</summary>
    public string? Time { get; init; }

    /// <summary>The column of sample weights.</summary>
    public string? Weight { get; init; }

    /// <summary>Rows with the same value stay on the same side of a split.</summary>
    public string? Group { get; init; }

    /// <summary>Columns that are never features.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Columns that exist only after the event: never features, whatever their values say. Only a person can know.</summary>
    public IReadOnlyList<string> KnownLater { get; init; } = [];

    /// <summary>Tokens that mean missing, besides the empty field. Never guessed.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Types of single columns, where inference is not wanted.</summary>
    public IReadOnlyDictionary<string, ColumnType> Types { get; init; } = new Dictionary<string, ColumnType>();

    /// <summary>At most so many unreadable rows are left out (and reported); one more refuses the file.</summary>
    public int MaxBadRows { get; init; }

    /// <summary>What must hold of the columns.</summary>
    public IReadOnlyList<Expectation> Expectations { get; init; } = [];
}

/// <summary>A format of rows.</summary>
public enum DataFormat
{
    /// <summary>RFC 4180 with a header line.</summary>
    Csv,

    /// <summary>One JSON object a line.</summary>
    Jsonl,

    /// <summary>Apache Parquet with a flat schema.</summary>
    Parquet,
}

/// <summary>What must hold of one column; a run whose data break it fails at the validate stage and names rows.</summary>
public sealed record Expectation
{
    /// <summary>The column.</summary>
    public required string Column { get; init; }

    /// <summary>The least number allowed.</summary>
    public double? Min { get; init; }

    /// <summary>The greatest number allowed.</summary>
    public double? Max { get; init; }

    /// <summary>The only values allowed.</summary>
    public IReadOnlyList<string>? In { get; init; }

    /// <summary>The greatest share of missing values, 0 to 1.</summary>
    public double? MaxMissing { get; init; }

    /// <summary>Whether no value may occur twice.</summary>
    public bool? Unique { get; init; }
}
