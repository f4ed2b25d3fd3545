namespace Perennial.Learning.Features;

/// <summary>
/// A transform whose parameters were fitted on training rows only. It turns one raw column into one or more float features.
/// Applying it never looks at other rows; every kind can be exported to ONNX and does the same arithmetic there (float32).
/// </summary>
/// <param name="Column">The raw column it reads.</param>
public abstract record FittedTransform(string Column)
{
    /// <summary>The names of the features it gives, in order, e.g. <c>Phase of flight=Climb</c>.</summary>
    public abstract IReadOnlyList<string> FeatureNames { get; }
}

/// <summary>The number itself; missing stays NaN. For learners that handle missing values.</summary>
public sealed record NumberAsIs(string Column) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames => [Column];
}

/// <summary>
/// (x with missing replaced by <paramref name="Fill"/>, minus <paramref name="Mean"/>) times <paramref name="Scale"/>;
/// and, where <paramref name="Indicator"/> is set, a second feature that is 1 where the value was missing.
/// </summary>
public sealed record ImputedScaled(string Column, float Fill, float Mean, float Scale, bool Indicator) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames => Indicator ? [Column, Column + " is missing"] : [Column];
}

/// <summary>1, 0 or NaN where missing.</summary>
public sealed record BooleanAsIs(string Column) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames => [Column];
}

/// <summary>Two features: is true, is missing.</summary>
public sealed record BooleanIndicators(string Column) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames => [Column + " is true", Column + " is missing"];
}

/// <summary>
/// The level's code as a float: level i of <paramref name="Levels"/> gives i; a rare or unseen level gives Levels.Count;
/// missing gives Levels.Count + 1. For learners with categorical splits.
/// </summary>
public sealed record LevelCode(string Column, IReadOnlyList<string> Levels) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames => [Column];
}

/// <summary>One feature a level, then one for rare or unseen levels, then one for missing; exactly one of them is 1.</summary>
public sealed record OneHot(string Column, IReadOnlyList<string> Levels) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames =>
        [.. Levels.Select(l => $"{Column}={l}"), Column + "=other", Column + " is missing"];
}

/// <summary>
/// Calendar parts of a UTC instant, in the order of <see cref="CalendarPart"/>; NaN (or 0 with an indicator, where
/// <paramref name="Indicator"/> is set) where missing. The instant itself is never a feature: a model cannot learn from the past
/// what a date in the future means.
/// </summary>
public sealed record CalendarParts(string Column, IReadOnlyList<CalendarPart> Parts, bool Indicator) : FittedTransform(Column)
{
    /// <inheritdoc/>
    public override IReadOnlyList<string> FeatureNames => Indicator
        ? [.. Parts.Select(p => $"{Column}.{p}"), Column + " is missing"]
        : [.. Parts.Select(p => $"{Column}.{p}")];
}

/// <summary>A part of the calendar.</summary>
public enum CalendarPart
{
    /// <summary>1 to 12.</summary>
    Month,

    /// <summary>1 to 31.</summary>
    Day,

    /// <summary>0 = Monday to 6 = Sunday (ISO 8601 weekday less one).</summary>
    Weekday,

    /// <summary>0 to 23, UTC.</summary>
    Hour,
}
