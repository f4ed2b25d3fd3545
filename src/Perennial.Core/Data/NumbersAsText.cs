using System.Globalization;
using Perennial.Learning.Frames;

namespace Perennial.Core.Data;

/// <summary>
/// Columns of strings that all look like numbers. In CSV there are none, for there such a column is one of numbers; JSON and Parquet say that it is
/// strings, which binds, though it is mostly a slip of whoever wrote them.
/// </summary>
internal static class NumbersAsText
{
    /// <summary>One of the values, where all that are present look like numbers and none like a code; else null.</summary>
    public static string? Example(Column column)
    {
        if (column is CategoricalColumn categories) return Example(Enumerable.Range(0, categories.Length).Where(row => !categories.IsMissing(row)).Select(row => categories.Format(row)!));
        return column is TextColumn texts ? Example(texts.Values.ToArray().Where(text => !string.IsNullOrEmpty(text))!) : null;
    }

    /// <summary>What to do about it, in sentences.</summary>
    public static string Advice(string column, string example) =>
        $"All values of '{column}' are strings that look like numbers, such as \"{example}\". If they are amounts, write them as numbers, without quotation marks, and upload the file again; "
        + $"if they are codes, say so: \"data\": {{ \"types\": {{ \"{column}\": \"categorical\" }} }}.";

    private static string? Example(IEnumerable<string> values)
    {
        string? first = null;
        foreach (var value in values)
        {
            // 00123 is a code: as a number it would lose its zeros.
            if (value is ['0', >= '0' and <= '9', ..]) return null;
            if (!double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return null;
            first ??= value;
        }
        return first;
    }
}
