namespace Perennial.Learning.Frames;

/// <summary>A named, typed, immutable sequence of values, each of which may be missing.</summary>
public abstract class Column
{
    private protected Column(string name, int length)
    {
        Name = name;
        Length = length;
    }

    /// <summary>The column's name, unique in its frame (compared ordinally).</summary>
    public string Name { get; }

    /// <summary>The number of rows.</summary>
    public int Length { get; }

    /// <summary>The column's type.</summary>
    public abstract ColumnType Type { get; }

    /// <summary>Whether the value at <paramref name="row"/> (0-based) is missing.</summary>
    public abstract bool IsMissing(int row);

    /// <summary>The value as invariant text that a reader turns back into the same value; null when missing.</summary>
    public abstract string? Format(int row);

    /// <summary>The rows at the given 0-based indices, in that order; an index may repeat.</summary>
    public abstract Column Take(ReadOnlySpan<int> rows);

    /// <summary>How many values are missing.</summary>
    public int CountMissing()
    {
        var missing = 0;
        for (var row = 0; row < Length; row++)
            if (IsMissing(row)) missing++;
        return missing;
    }
}
