using System.Globalization;

namespace Perennial.Learning.Frames;

/// <summary>Finite real numbers; NaN marks a missing value.</summary>
public sealed class NumericColumn(string name, double[] values) : Column(name, values.Length)
{
    /// <inheritdoc/>
    public override ColumnType Type => ColumnType.Numeric;

    /// <summary>One value a row; NaN where missing.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <inheritdoc/>
    public override bool IsMissing(int row) => double.IsNaN(values[row]);

    /// <inheritdoc/>
    public override string? Format(int row) => IsMissing(row) ? null : values[row].ToString("R", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override Column Take(ReadOnlySpan<int> rows)
    {
        var taken = new double[rows.Length];
        for (var i = 0; i < rows.Length; i++) taken[i] = values[rows[i]];
        return new NumericColumn(Name, taken);
    }
}
