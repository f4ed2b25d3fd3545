namespace Perennial.Learning.Frames;

/// <summary>True, false or missing.</summary>
public sealed class BooleanColumn(string name, sbyte[] values) : Column(name, values.Length)
{
    /// <summary>The mark of a missing value.</summary>
    public const sbyte Missing = -1;

    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Boolean;

    /// <summary>One value a row: 1 true, 0 false, -1 missing.</summary>
    public ReadOnlySpan<sbyte> Values => values;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => values[row] == Missing;

    /// <inheritdoc/>
    public override string? Format(int row) => values[row] switch { 1 => "true", 0 => "false", _ => null };

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new sbyte[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = values[rows[i]];
        return new BooleanColumn(Name, taken);
    }
}
