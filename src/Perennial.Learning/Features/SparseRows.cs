namespace Perennial.Learning.Features;

/// <summary>
/// A feature matrix by rows without its zeros: one-hot features are nearly all zero. Row r has its entries at
/// <c>Starts[r] .. Starts[r + 1]</c>, features ascending.
/// </summary>
internal sealed class SparseRows
{
    private SparseRows(int featureCount, int[] starts, int[] features, double[] values) =>
        (FeatureCount, Starts, Features, Values) = (featureCount, starts, features, values);

    /// <summary>The number of features.</summary>
    public int FeatureCount { get; }

    /// <summary>The number of rows.</summary>
    public int RowCount => Starts.Length - 1;

    /// <summary>Where each row's entries begin, and the end of the last.</summary>
    public int[] Starts { get; }

    /// <summary>The feature of each entry.</summary>
    public int[] Features { get; }

    /// <summary>The value of each entry.</summary>
    public double[] Values { get; }

    /// <summary>Takes the values that are not zero.</summary>
    public static SparseRows From(FeatureMatrix matrix)
    {
        var starts = new int[matrix.RowCount + 1];
        for (var f = 0; f < matrix.FeatureCount; f++)
        {
            var column = matrix.Column(f);
            for (var row = 0; row < column.Length; row++)
                if (column[row] != 0) starts[row + 1]++;
        }
        for (var row = 0; row < matrix.RowCount; row++) starts[row + 1] = checked(starts[row] + starts[row + 1]);
        var (features, values) = (new int[starts[^1]], new double[starts[^1]]);
        var next = starts[..^1];
        for (var f = 0; f < matrix.FeatureCount; f++)
        {
            var column = matrix.Column(f);
            for (var row = 0; row < column.Length; row++)
            {
                if (column[row] == 0) continue;
                features[next[row]] = f;
                values[next[row]++] = column[row];
            }
        }
        return new SparseRows(matrix.FeatureCount, starts, features, values);
    }

    /// <summary>Takes the values of blocks side by side; memory is in proportion to those that are not zero.</summary>
    public static SparseRows From(int rowCount, IReadOnlyList<FeatureBlock> blocks)
    {
        var most = 0L;
        var widest = 0;
        var starts = new int[rowCount + 1];
        for (var row = 0; row < rowCount; row++)
        {
            var inRow = 0;
            foreach (var block in blocks) inRow += block.MostOf(row);
            widest = Math.Max(widest, inRow);
            most += inRow;
        }
        var (features, values) = (new int[checked((int)most)], new double[most]);
        var (someFeatures, someValues) = (new int[widest], new float[widest]);
        var next = 0;
        for (var row = 0; row < rowCount; row++)
        {
            var first = 0;
            foreach (var block in blocks)
            {
                var count = block.Write(row, someFeatures, someValues);
                for (var i = 0; i < count; i++, next++) (features[next], values[next]) = (first + someFeatures[i], someValues[i]);
                first += block.Width;
            }
            starts[row + 1] = next;
        }
        return new SparseRows(blocks.Sum(b => b.Width), starts, features, values);
    }

    /// <summary>The dot product of a row with coefficients.</summary>
    public double Dot(int row, ReadOnlySpan<double> coefficients)
    {
        var sum = 0.0;
        for (var i = Starts[row]; i < Starts[row + 1]; i++) sum += Values[i] * coefficients[Features[i]];
        return sum;
    }

    /// <summary>Adds a multiple of a row to a vector.</summary>
    public void AddTo(Span<double> vector, int row, double factor)
    {
        for (var i = Starts[row]; i < Starts[row + 1]; i++) vector[Features[i]] += factor * Values[i];
    }
}
