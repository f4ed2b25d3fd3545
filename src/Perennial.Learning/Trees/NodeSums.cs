namespace Perennial.Learning.Trees;

/// <summary>The summed pair of <see cref="RowSums"/> over some rows.</summary>
/// <param name="Gradient">The sum of gradients, in its unit.</param>
/// <param name="Second">The sum of hessians with the row count above it.</param>
internal readonly record struct NodeSums(long Gradient, long Second)
{
    /// <summary>The number of rows.</summary>
    public int Count => RowSums.CountOf(Second);

    /// <summary>The sum of hessians, in its unit.</summary>
    public long Hessian => RowSums.HessianOf(Second);

    public static NodeSums operator +(NodeSums a, NodeSums b) => new(a.Gradient + b.Gradient, a.Second + b.Second);

    public static NodeSums operator -(NodeSums a, NodeSums b) => new(a.Gradient - b.Gradient, a.Second - b.Second);
}

/// <summary>A split of a leaf's rows in two.</summary>
/// <param name="Gain">How much it lowers the regularised loss (twice, as in XGBoost's structure score); 0 when there is none.</param>
/// <param name="Feature">The feature.</param>
/// <param name="Bin">Rows go left with a bin up to this one, where the feature is ordered.</param>
/// <param name="MissingLeft">Whether missing values go left.</param>
/// <param name="Levels">Rows go left with one of these codes, where the feature is of levels.</param>
/// <param name="Left">The sums of the rows that go left.</param>
internal readonly record struct Split(double Gain, int Feature, int Bin, bool MissingLeft, LevelMask Levels, NodeSums Left);
