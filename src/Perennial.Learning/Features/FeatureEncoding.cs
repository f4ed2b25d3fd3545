using Perennial.Learning.Frames;
using Perennial.Learning.Numerics;

namespace Perennial.Learning.Features;

/// <summary>
/// Applies fitted transforms: row by row, in float32, with exactly the operations that an exported graph does (numbers are cast from
/// double to float first; every following operation is a float32 operation, rounded once).
/// </summary>
public static class FeatureEncoding
{
    /// <summary>The features of every row of a frame.</summary>
    /// <exception cref="KeyNotFoundException">A column that a transform reads is not in the frame.</exception>
    /// <exception cref="ArgumentException">A column has a type that its transform cannot read.</exception>
    public static FeatureMatrix Apply(IReadOnlyList<FittedTransform> transforms, Frame frame)
    {
        var columns = new List<float[]>();
        foreach (var transform in transforms) columns.AddRange(Columns(Encode(transform, frame[transform.Column]), frame.RowCount));
        return new FeatureMatrix(frame.RowCount, [.. columns]);
    }

    /// <summary>The same features by rows and without their zeros: memory is in proportion to the rest, however many features there are.</summary>
    internal static SparseRows ApplySparse(IReadOnlyList<FittedTransform> transforms, Frame frame) =>
        SparseRows.From(frame.RowCount, [.. transforms.Select(transform => Encode(transform, frame[transform.Column]))]);

    /// <summary>One calendar part of an instant (UTC ticks).</summary>
    public static int PartOf(long ticks, CalendarPart part) => part switch
    {
        CalendarPart.Month => CivilCalendar.MonthAndDay(ticks).Month,
        CalendarPart.Day => CivilCalendar.MonthAndDay(ticks).Day,
        CalendarPart.Weekday => CivilCalendar.Weekday(ticks),
        CalendarPart.Hour => CivilCalendar.Hour(ticks),
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "There is no such part of the calendar."),
    };

    private static FeatureBlock Encode(FittedTransform transform, Column column) => transform switch
    {
        NumberAsIs => new DenseFeatures(Each(As<NumericColumn>(column, transform).Values, v => (float)v)),
        ImputedScaled scaled => new DenseFeatures(Scale(scaled, As<NumericColumn>(column, transform).Values)),
        BooleanAsIs => new DenseFeatures(Each(As<BooleanColumn>(column, transform).Values, v => v < 0 ? float.NaN : v)),
        BooleanIndicators => new DenseFeatures(
            Each(As<BooleanColumn>(column, transform).Values, v => v == 1 ? 1f : 0f),
            Each(As<BooleanColumn>(column, transform).Values, v => v < 0 ? 1f : 0f)),
        LevelCode levels => new DenseFeatures(Each(Codes(levels.Levels, column, transform), c => (float)c)),
        OneHot hot => new LevelFeatures(Codes(hot.Levels, column, transform), hot.Levels.Count + 2),
        CalendarParts parts => new DenseFeatures(Calendar(parts, As<TimestampColumn>(column, transform).Ticks)),
        TermFrequencies terms => TermEncoding.Encode(terms, column),
        _ => throw new ArgumentException($"There is no encoding for the transform {transform.GetType().Name}."),
    };

    private static float[][] Scale(ImputedScaled transform, ReadOnlySpan<double> values)
    {
        var (fill, mean, scale) = (transform.Fill, transform.Mean, transform.Scale);
        var scaled = Each(values, v => ((double.IsNaN(v) ? fill : (float)v) - mean) * scale);
        return transform.Indicator ? [scaled, Each(values, v => double.IsNaN(v) ? 1f : 0f)] : [scaled];
    }

    private static float[][] Columns(FeatureBlock block, int rows)
    {
        if (block is DenseFeatures dense) return dense.Columns;
        var columns = new float[block.Width][];
        for (var f = 0; f < columns.Length; f++) columns[f] = new float[rows];
        var (features, values) = (new int[columns.Length], new float[columns.Length]);
        for (var row = 0; row < rows; row++)
            for (var i = block.Write(row, features, values) - 1; i >= 0; i--) columns[features[i]][row] = values[i];
        return columns;
    }

    private static float[][] Calendar(CalendarParts transform, ReadOnlySpan<long> ticks)
    {
        var missing = transform.Indicator ? 0f : float.NaN;
        var columns = new List<float[]>(transform.Parts.Count + 1);
        foreach (var part in transform.Parts)
            columns.Add(Each(ticks, t => t == TimestampColumn.Missing ? missing : PartOf(t, part)));
        if (transform.Indicator) columns.Add(Each(ticks, t => t == TimestampColumn.Missing ? 1f : 0f));
        return [.. columns];
    }

    private static int[] Codes(IReadOnlyList<string> levels, Column column, FittedTransform transform)
    {
        var codeOf = new Dictionary<string, int>(levels.Count, StringComparer.Ordinal);
        for (var code = 0; code < levels.Count; code++) codeOf[levels[code]] = code;
        var (other, missing) = (levels.Count, levels.Count + 1);
        var codes = new int[column.Length];
        if (column is CategoricalColumn categorical)
        {
            var mapped = new int[categorical.Levels.Length];
            for (var c = 0; c < mapped.Length; c++) mapped[c] = codeOf.GetValueOrDefault(categorical.Levels[c], other);
            for (var row = 0; row < codes.Length; row++) codes[row] = categorical.IsMissing(row) ? missing : mapped[categorical.Codes[row]];
            return codes;
        }

        // A later file may hold so many values that its reader took the column for text: they are levels all the same.
        var text = As<TextColumn>(column, transform);
        for (var row = 0; row < codes.Length; row++) codes[row] = text.Format(row) is { } v ? codeOf.GetValueOrDefault(v, other) : missing;
        return codes;
    }

    private static float[] Each<T>(ReadOnlySpan<T> values, Func<T, float> encode)
    {
        var encoded = new float[values.Length];
        for (var row = 0; row < encoded.Length; row++) encoded[row] = encode(values[row]);
        return encoded;
    }

    private static T As<T>(Column column, FittedTransform transform) where T : Column => column as T ?? throw new ArgumentException(
        $"Column '{column.Name}' has the type {column.Type}, which the fitted transform {transform.GetType().Name} cannot read; "
        + "bring the rows with the types that the model was trained on.");
}
