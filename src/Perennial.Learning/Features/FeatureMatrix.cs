namespace Perennial.Learning.Features;

/// <summary>Features of some rows: float32, a column a feature.</summary>
public sealed class FeatureMatrix
{
    private readonly float[][] _columns;

    /// <summary>Takes the columns as they are, without a copy.</summary>
    /// <exception cref="ArgumentException">A column's length is not <paramref name="rowCount"/>.</exception>
    public FeatureMatrix(int rowCount, float[][] columns)
    {
        for (var f = 0; f < columns.Length; f++)
            if (columns[f].Length != rowCount)
                throw new ArgumentException($"Feature {f} has {columns[f].Length} rows where the matrix has {rowCount}.");
        RowCount = rowCount;
        _columns = columns;
    }

    /// <summary>The number of rows.</summary>
    public int RowCount { get; }

    /// <summary>The number of features.</summary>
    public int FeatureCount => _columns.Length;

    /// <summary>One feature of every row.</summary>
    public ReadOnlySpan<float> Column(int feature) => _columns[feature];

    /// <summary>One feature of one row.</summary>
    public float this[int row, int feature] => _columns[feature][row];

    /// <summary>All features of one row, into a buffer of <see cref="FeatureCount"/> elements.</summary>
    public void CopyRow(int row, Span<float> destination)
    {
        for (var f = 0; f < _columns.Length; f++) destination[f] = _columns[f][row];
    }
}
