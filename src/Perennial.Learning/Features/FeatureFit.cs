namespace Perennial.Learning.Features;

/// <summary>What fitting features on training rows gave.</summary>
/// <param name="Transforms">One transform a column that is used, in the order of the columns asked for.</param>
/// <param name="Ignored">The columns that give no feature, and why.</param>
public sealed record FeatureFit(IReadOnlyList<FittedTransform> Transforms, IReadOnlyList<IgnoredColumn> Ignored);

/// <summary>A column that gives no feature.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Reason">Why, as a clause for a report: <c>has the same value in every training row</c>.</param>
public sealed record IgnoredColumn(string Column, string Reason);
