namespace Perennial.Learning.Frames;

/// <summary>Free text; null is missing.</summary>
public sealed class TextColumn(string name, string?[] values) : Column(name, values.Length)
{
    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Text;

    /// <summary>One string a row; null where missing.</summary>
    public ReadOnlySpan<string?> Values => values;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => values[row] is null;

    /// <inheritdoc/>
    public override string? Format(int row) => values[row];

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new string?[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = values[rows[i]];
        return new TextColumn(Name, taken);
    }
}
