namespace Perennial.Learning.Models;

/// <summary>What a model says of some rows.</summary>
/// <param name="Outputs">Scores a row: 1 for binary (probability of the positive class) and regression (value), one a class for multiclass.</param>
/// <param name="Values">Row-major: the score of row r and output k is at r * Outputs + k.</param>
public sealed record Scores(int Outputs, double[] Values)
{
    /// <summary>The number of rows.</summary>
    public int RowCount => Values.Length / Outputs;

    /// <summary>The scores of one row.</summary>
    public ReadOnlySpan<double> Row(int row) => Values.AsSpan(row * Outputs, Outputs);
}
