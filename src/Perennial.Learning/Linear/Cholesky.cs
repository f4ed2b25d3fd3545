namespace Perennial.Learning.Linear;

/// <summary>Solves symmetric positive definite systems (Golub and Van Loan 2013, algorithm 4.2.1), sums in index order.</summary>
internal static class Cholesky
{
    // A pivot below this share of its diagonal element is rounding: the matrix is singular as far as can be told.
    private const double LeastPivot = 1e-12;

    /// <summary>Solves A x = b.</summary>
    /// <param name="lower">The lower triangle of A by rows; holds its factor afterwards.</param>
    /// <param name="right">b; holds x afterwards.</param>
    /// <returns>False when A is not positive definite; then both arguments are spoilt.</returns>
    public static bool TrySolve(double[][] lower, double[] right)
    {
        for (var i = 0; i < lower.Length; i++)
        {
            var diagonal = lower[i][i];
            for (var j = 0; j <= i; j++)
            {
                var sum = lower[i][j];
                for (var k = 0; k < j; k++) sum -= lower[i][k] * lower[j][k];
                if (i != j) lower[i][j] = sum / lower[j][j];
                else if (sum > LeastPivot * diagonal) lower[i][i] = Math.Sqrt(sum);
                else return false;
            }
        }
        for (var i = 0; i < right.Length; i++)
        {
            for (var k = 0; k < i; k++) right[i] -= lower[i][k] * right[k];
            right[i] /= lower[i][i];
        }
        for (var i = right.Length - 1; i >= 0; i--)
        {
            for (var k = i + 1; k < right.Length; k++) right[i] -= lower[k][i] * right[k];
            right[i] /= lower[i][i];
        }
        return true;
    }
}
