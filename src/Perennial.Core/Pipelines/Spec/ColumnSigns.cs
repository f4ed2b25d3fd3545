using System.Text.RegularExpressions;
using Perennial.Learning.Frames;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Signs by which a column may be recognized. Only an id is acted on; the others become questions.</summary>
internal static partial class ColumnSigns
{
    // Three words and more: names of people and places often have two.
    private const int EnoughSpaces = 2;

    private static readonly HashSet<string> LaterWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "cost", "costs", "paid", "payment", "refund", "refunded", "recovery", "recovered", "loss", "claim", "payout", "result", "results", "outcome", "resolution", "resolved",
        "closed", "ended", "completed", "duration", "elapsed", "actual", "final", "after", "damage", "effect", "reason", "cancelled", "canceled", "diverted", "delay", "arrival", "death",
        "discharge", "diagnosis", "chargeback", "collection", "penalty", "verdict",
    };

    private static readonly HashSet<string> MissingWords = new(StringComparer.OrdinalIgnoreCase)
    {
        "na", "n/a", "#n/a", "nan", "null", "nil", "none", "?", "-", "--", ".", "unknown", "missing", "not available", "not applicable", "(null)", "(none)", "(blank)",
    };

    /// <summary>Whether the value differs in every row and is no measurement: strings of one value a row that are no sentences, or whole numbers that count rows or are called an id.</summary>
    public static bool LooksLikeId(Column column)
    {
        if (column.Length < 20 || column.Type is not (ColumnType.Text or ColumnType.Categorical or ColumnType.Numeric) || column.CountMissing() > 0) return false;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var row = 0; row < column.Length; row++)
            if (!seen.Add(column.Format(row)!)) return false;
        // What people write differs in every row too, and is what a model is to learn from.
        if (column is not NumericColumn numbers) return 2 * seen.Count(HasManyWords) < seen.Count;
        foreach (var value in numbers.Values)
            if (value != Math.Truncate(value)) return false;
        return Words(column.Name).Any(word => word is "id" or "key" or "nr" or "no" or "number" or "index") || CountsRows(numbers.Values);
    }

    /// <summary>Whether a word of the name is often that of something that comes after the event.</summary>
    public static bool MayBeKnownLater(string name) => Words(name).Any(LaterWords.Contains);

    /// <summary>Values that elsewhere mean missing, with their counts, most frequent first.</summary>
    public static IEnumerable<(string Token, int Count)> MissingTokens(Column column)
    {
        if (column.Type is not (ColumnType.Categorical or ColumnType.Text)) return [];
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var row = 0; row < column.Length; row++)
            if (column.Format(row) is { } value && MissingWords.Contains(value.Trim())) counts[value] = counts.GetValueOrDefault(value) + 1;
        return counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value));
    }

    private static bool HasManyWords(string value) => value.AsSpan().Trim().Count(' ') >= EnoughSpaces;

    private static bool CountsRows(ReadOnlySpan<double> values)
    {
        for (var row = 1; row < values.Length; row++)
            if (values[row] != values[row - 1] + 1) return false;
        return true;
    }

    private static IEnumerable<string> Words(string name) => Word().Matches(name).Select(match => match.Value.ToLowerInvariant());

    [GeneratedRegex("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")]
    private static partial Regex Word();
}
