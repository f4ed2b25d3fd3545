using System.Text.Json.Serialization;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Which rows train, choose and judge.</summary>
public sealed record SplitSpec
{
    /// <summary>By time where <c>data.time</c> is given, by group where <c>data.group</c> is, at random else.</summary>
    public SplitKind? By { get; init; }

    /// <summary>The share of rows that choose among candidates.</summary>
    public double Validation { get; init; } = 0.15;

    /// <summary>The share of rows (by time: the newest) that judge and that nothing else ever sees.</summary>
    public double Test { get; init; } = 0.15;

    /// <summary>
    /// Instead of the validation rows alone, all rows that do not judge choose by cross-validation of so many folds: by class, by whole groups, or by
    /// time, where a fold trains only on what is older.
    /// </summary>
    public int? Folds { get; init; }

    /// <summary>By time: rows this close before those that choose or judge are left out, since their labels were not known yet.</summary>
    [JsonConverter(typeof(DurationJsonConverter))]
    public TimeSpan? Gap { get; init; }
}

/// <summary>How rows are split.</summary>
public enum SplitKind
{
    /// <summary>The newest rows judge, the ones before them choose.</summary>
    Time,

    /// <summary>At random (stratified by class).</summary>
    Random,

    /// <summary>Whole groups at random.</summary>
    Group,
}
