using Perennial.Learning.Frames;

namespace Perennial.Learning.Onnx.Scoring.Compiled;

/// <summary>What becomes of one raw column.</summary>
/// <param name="Schema">The column.</param>
/// <param name="Binding">The graph input that it fills, alone or with others.</param>
/// <param name="Input">The number of that input.</param>
/// <param name="Place">The column's place in it.</param>
internal sealed record ColumnPlan(ColumnSchema Schema, InputBinding Binding, int Input, int Place)
{
    /// <summary>Whether a node that is run as such reads it, so that it has to be in a tensor.</summary>
    public bool InTensor { get; init; }

    /// <summary>The features that are the column itself.</summary>
    public int[] Positions { get; init; } = [];

    /// <summary>The features that follow from its number or truth value.</summary>
    public Placed<NumberEncoder>[] Numbers { get; init; } = [];

    /// <summary>The features that follow from its instant.</summary>
    public Placed<InstantEncoder>[] Instants { get; init; } = [];

    /// <summary>The features that follow from its strings.</summary>
    public TextLookup[] Lookups { get; init; } = [];

    /// <summary>
    /// The rows of features of a categorical column's levels, a lookup after the other and a missing value behind the levels; null where
    /// that would be more work than the rows themselves, or nothing is looked up.
    /// </summary>
    public int[][]? RowsOfLevels(Column column)
    {
        if (Lookups.Length == 0 || column is not CategoricalColumn categorical || categorical.Levels.Length > categorical.Length) return null;
        return Array.ConvertAll(Lookups, lookup =>
        {
            var rows = new int[categorical.Levels.Length + 1];
            for (var level = 0; level < rows.Length - 1; level++) rows[level] = lookup.RowOf(categorical.Levels[level]);
            rows[^1] = lookup.RowOf(OnnxContract.MissingText);
            return rows;
        });
    }

    /// <summary>Writes the features of some rows, row-major.</summary>
    public void Write(Column column, int start, int count, int[][]? rowsOfLevels, Span<float> features, int width)
    {
        foreach (var position in Positions)
        {
            if (column is NumericColumn numeric) Copy(numeric.Values.Slice(start, count), features[position..], width);
            else Copy(((BooleanColumn)column).Values.Slice(start, count), features[position..], width);
        }
        foreach (var (encoder, position) in Numbers)
            for (var row = 0; row < count; row++) features[row * width + position] = encoder.Of(FloatOf(column, start + row));
        foreach (var (encoder, position) in Instants)
        {
            var ticks = ((TimestampColumn)column).Ticks.Slice(start, count);
            for (var row = 0; row < count; row++) features[row * width + position] = encoder.Of(InputBinding.SecondsOf(ticks[row]));
        }
        for (var l = 0; l < Lookups.Length; l++)
        {
            var lookup = Lookups[l];
            for (var row = 0; row < count; row++)
            {
                var known = rowsOfLevels is null
                    ? lookup.RowOf(column.Format(start + row) ?? OnnxContract.MissingText)
                    : RowOf(rowsOfLevels[l], ((CategoricalColumn)column).Codes[start + row]);
                lookup.Write(known, features.Slice(row * width, width));
            }
        }
    }

    private static int RowOf(int[] rowsOfLevels, int code) => code < 0 ? rowsOfLevels[^1] : rowsOfLevels[code];

    private static float FloatOf(Column column, int row) =>
        column is NumericColumn numeric ? (float)numeric.Values[row] : InputBinding.FloatOf(((BooleanColumn)column).Values[row]);

    private static void Copy(ReadOnlySpan<double> values, Span<float> features, int width)
    {
        for (var row = 0; row < values.Length; row++) features[row * width] = (float)values[row];
    }

    private static void Copy(ReadOnlySpan<sbyte> values, Span<float> features, int width)
    {
        for (var row = 0; row < values.Length; row++) features[row * width] = InputBinding.FloatOf(values[row]);
    }
}
