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
