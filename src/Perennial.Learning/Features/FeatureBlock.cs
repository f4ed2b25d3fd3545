namespace Perennial.Learning.Features;

/// <summary>The features that one transform gives for some rows, so that zeros need not be stored.</summary>
/// <param name="width">The number of features.</param>
internal abstract class FeatureBlock(int width)
{
    /// <summary>The number of features.</summary>
    public int Width => width;

    /// <summary>An upper bound of the values of a row that are not zero.</summary>
    public abstract int MostOf(int row);

    /// <summary>Writes the features and values of a row that are not zero, features ascending, and returns how many.</summary>
    public abstract int Write(int row, Span<int> features, Span<float> values);
}

/// <summary>Features that are mostly not zero, a column each.</summary>
internal sealed class DenseFeatures(params float[][] columns) : FeatureBlock(columns.Length)
{
    /// <summary>A column a feature.</summary>
    public float[][] Columns => columns;

    /// <inheritdoc/>
    public override int MostOf(int row) => columns.Length;

    /// <inheritdoc/>
    public override int Write(int row, Span<int> features, Span<float> values)
    {
        var count = 0;
        for (var f = 0; f < columns.Length; f++)
        {
            if (columns[f][row] == 0) continue;
            features[count] = f;
            values[count++] = columns[f][row];
        }
        return count;
    }
}

/// <summary>Features of which exactly one is 1.</summary>
internal sealed class LevelFeatures(int[] codes, int width) : FeatureBlock(width)
{
    /// <inheritdoc/>
    public override int MostOf(int row) => 1;

    /// <inheritdoc/>
    public override int Write(int row, Span<int> features, Span<float> values)
    {
        features[0] = codes[row];
        values[0] = 1;
        return 1;
    }
}

/// <summary>Features of which a row has few: row r has those at <c>starts[r] .. starts[r + 1]</c>, ascending.</summary>
internal sealed class ListedFeatures(int[] starts, int[] features, float[] values, int width) : FeatureBlock(width)
{
    /// <inheritdoc/>
    public override int MostOf(int row) => starts[row + 1] - starts[row];

    /// <inheritdoc/>
    public override int Write(int row, Span<int> to, Span<float> toValues)
    {
        var count = MostOf(row);
        features.AsSpan(starts[row], count).CopyTo(to);
        values.AsSpan(starts[row], count).CopyTo(toValues);
        return count;
    }
}
