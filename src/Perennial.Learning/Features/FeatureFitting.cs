using Perennial.Learning.Frames;
using Perennial.Learning.Numerics;
using Perennial.Learning.Terms;

namespace Perennial.Learning.Features;

/// <summary>
/// Fits transforms. The only frame it is ever given is the training rows': nothing of validation, evaluation or live rows can reach a
/// transform. A column's transform depends on that column alone, never on the label.
/// </summary>
public static class FeatureFitting
{
    private const string Constant = "has the same value in every training row";
    private const string Empty = "has no value in any training row";

    /// <summary>Fits one transform a column; columns that can give nothing are returned with the reason.</summary>
    /// <param name="train">The training rows.</param>
    /// <param name="features">The names of the columns to use, in order.</param>
    /// <param name="options">How features are made.</param>
    /// <param name="cancellationToken">Cancels the fit of text.</param>
    /// <exception cref="KeyNotFoundException">A column is not in the frame.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static FeatureFit Fit(Frame train, IReadOnlyList<string> features, FeatureOptions options, CancellationToken cancellationToken = default)
    {
        if (options.Style == FeatureStyle.Trees && options.MaxLevels > FeatureOptions.MostLevelCodes)
            throw new ArgumentException($"MaxLevels is {options.MaxLevels}; level codes hold at most {FeatureOptions.MostLevelCodes}.");
        var transforms = new List<FittedTransform>(features.Count);
        var ignored = new List<IgnoredColumn>();
        foreach (var name in features)
        {
            var (transform, reason) = FitColumn(train[name], options, cancellationToken);
            if (transform is not null) transforms.Add(transform);
            else ignored.Add(new IgnoredColumn(name, reason!));
        }
        return new FeatureFit(transforms, ignored);
    }

    private static (FittedTransform? Transform, string? Reason) FitColumn(Column column, FeatureOptions options, CancellationToken cancellationToken)
    {
        var missing = column.CountMissing();
        if (column is TextColumn && options.Style == FeatureStyle.Trees) return (null, "is free text, which trees do not read");
        if (missing == column.Length) return (null, Empty);
        return column switch
        {
            NumericColumn numeric => FitNumeric(numeric, missing, options),
            BooleanColumn boolean => FitBoolean(boolean, missing, options),
            CategoricalColumn categorical => FitCategorical(categorical, missing, options),
            TimestampColumn timestamp => FitTimestamp(timestamp, missing, options),
            TextColumn text => FitText(text, options, cancellationToken),
            _ => throw new ArgumentException($"Column '{column.Name}' has the type {column.Type}, of which no feature can be made."),
        };
    }

    private static (FittedTransform?, string?) FitNumeric(NumericColumn column, int missing, FeatureOptions options)
    {
        // As float32, because that is what the model will see: doubles that fall together are the same value.
        var present = new float[column.Length - missing];
        var next = 0;
        foreach (var value in column.Values)
            if (!double.IsNaN(value)) present[next++] = (float)value;
        Array.Sort(present);
        if (missing == 0 && present[0] == present[^1]) return (null, Constant);
        if (options.Style == FeatureStyle.Trees) return (new NumberAsIs(column.Name), null);
        if (float.IsInfinity(present[0]) || float.IsInfinity(present[^1]))
            return (null, "has values beyond the range of a 32-bit float; rescale it");
        return (FitScaling(column.Name, present, missing, options.Fill), null);
    }

    private static ImputedScaled FitScaling(string name, float[] sorted, int missing, NumericFill fill)
    {
        var presentMean = FixedOrderSums.Sum(sorted, v => v) / sorted.Length;
        var filled = fill == NumericFill.Median ? sorted[(sorted.Length - 1) / 2] : (float)presentMean;

        // Mean and deviation of what the model will see, so of the filled column.
        var rows = sorted.Length + missing;
        var mean = (presentMean * sorted.Length + (double)filled * missing) / rows;
        var squares = FixedOrderSums.Sum(sorted, v => (v - mean) * (v - mean)) + missing * ((filled - mean) * (filled - mean));
        var deviation = Math.Sqrt(squares / rows);
        var scale = (float)(1 / deviation);
        if (!float.IsFinite(scale)) scale = 1;
        return new ImputedScaled(name, filled, (float)mean, scale, missing > 0);
    }

    private static (FittedTransform?, string?) FitBoolean(BooleanColumn column, int missing, FeatureOptions options)
    {
        var trues = 0;
        foreach (var value in column.Values) trues += value == 1 ? 1 : 0;
        if (missing == 0 && (trues == 0 || trues == column.Length)) return (null, Constant);
        return (options.Style == FeatureStyle.Trees ? new BooleanAsIs(column.Name) : new BooleanIndicators(column.Name), null);
    }

    private static (FittedTransform?, string?) FitCategorical(CategoricalColumn column, int missing, FeatureOptions options)
    {
        var counts = new int[column.Levels.Length];
        foreach (var code in column.Codes)
            if (code >= 0) counts[code]++;
        var occurring = counts.Count(c => c > 0);
        if (missing == 0 && occurring == 1) return (null, Constant);
        var names = column.Levels.ToArray();

        // Levels are in ordinal order, so a stable sort by count breaks ties that way, and sorting codes restores the order.
        var kept = Enumerable.Range(0, counts.Length).Where(c => counts[c] >= Math.Max(1, options.MinLevelCount))
            .OrderByDescending(c => counts[c]).Take(options.MaxLevels).Order().Select(c => names[c]).ToArray();
        if (kept.Length == 0 && missing == 0)
            return (null, $"has no level in {options.MinLevelCount} or more training rows");
        return (options.Style == FeatureStyle.Trees ? new LevelCode(column.Name, kept) : new OneHot(column.Name, kept), null);
    }

    private static (FittedTransform?, string?) FitTimestamp(TimestampColumn column, int missing, FeatureOptions options)
    {
        var varying = Enum.GetValues<CalendarPart>().Where(part => Varies(column, part)).ToArray();
        var indicator = options.Style == FeatureStyle.Linear && missing > 0;
        if (varying.Length > 0) return (new CalendarParts(column.Name, varying, indicator), null);
        if (missing == 0) return (null, "has the same month, day, weekday and hour in every training row");
        return (new CalendarParts(column.Name, [CalendarPart.Month], indicator), null);
    }

    private static (FittedTransform?, string?) FitText(TextColumn column, FeatureOptions options, CancellationToken cancellationToken) => TermFitting.Fit(column, options, cancellationToken) is { } terms
        ? (terms, null)
        : (null, $"is text without a word that {options.MinTermRows} or more training rows share");

    private static bool Varies(TimestampColumn column, CalendarPart part)
    {
        int? first = null;
        foreach (var ticks in column.Ticks)
        {
            if (ticks == TimestampColumn.Missing) continue;
            var value = FeatureEncoding.PartOf(ticks, part);
            first ??= value;
            if (value != first) return true;
        }
        return false;
    }
}
