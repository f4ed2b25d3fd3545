namespace Perennial.Learning.Splitting;

/// <summary>One fold of a cross-validation.</summary>
/// <param name="Train">Positions of the rows that train, ascending; by time in the order of time.</param>
/// <param name="Validation">Positions of the rows that judge, in the same order; never one that trains.</param>
public sealed record Fold(int[] Train, int[] Validation);
