using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Tests.Reading.Sequential;

/// <summary>
/// Chooses a column's type from all of its cells. In order: boolean if all are true/false; numeric if all are finite numbers;
/// timestamp if all are unambiguous and of one family; else strings: text when there are more distinct ones than
/// <see cref="ReadOptions.MaxCategoricalLevels"/>, or when more than 100 cells are filled and over half of them are distinct;
/// else categorical. A column with no value at all is categorical without levels. JSON's types bind: a JSON string is never a
/// number or a boolean, a JSON number never a timestamp.
/// </summary>
internal static class ColumnInference
{
    private const int FewRows = 100;

    internal readonly record struct Inferred(ColumnType Type, string Reason, IReadOnlyList<string> Hints);

    public static Inferred Infer(CellStore store, ReadOptions options, LineMap lines)
    {
        var missing = Counted.Of(store.Missing, "missing");
        var filled = store.Count - store.Missing;
        if (filled == 0) return new(ColumnType.Categorical, "categorical: every value is missing, so nothing is known of the type", []);
        var survey = Survey(store, lines);
        var all = $"all {filled:N0} values";
        if (survey.NotBoolean is null && Allows(store, CellKinds.Boolean))
            return new(ColumnType.Boolean, $"boolean: {all} are true or false; {missing}", []);
        if (survey.NotNumber is null && Allows(store, CellKinds.Number))
            return new(ColumnType.Numeric, $"numeric: {all} parse; {missing}", survey.LeadingZeros is null ? [] : [survey.LeadingZeros]);
        if (survey.NotTimestamp is null && Allows(store, CellKinds.Text) && survey.Forms.Families == 1)
            return new(ColumnType.Timestamp, $"timestamp: {all} parse as {survey.Forms}; {missing}", survey.Forms.Hints);
        return Strings(store, options, survey, filled, lines);
    }

    private static bool Allows(CellStore store, CellKinds kind) => store.Kinds == CellKinds.Plain || store.Kinds == kind;

    private static Inferred Strings(CellStore store, ReadOptions options, CellSurvey survey, int filled, LineMap lines)
    {
        var hints = new List<string>();
        if (survey.Numbers > 0 && survey.NotNumber is { } number && store.Kinds == CellKinds.Plain)
            hints.Add($"{survey.Numbers:N0} distinct values are numbers, but {number}");
        if (survey.Forms.Families > 1) hints.Add($"dates in several formats: {survey.Forms}; write all as yyyy-MM-dd");
        else if (survey.Forms.Count > 0 && survey.NotTimestamp is { } timestamp) hints.Add($"some values are timestamps, but {timestamp}");
        else if (survey.NotTimestamp?.Contains("day/month", StringComparison.Ordinal) == true) hints.Add(survey.NotTimestamp);
        if (store.KindChangedAt >= 0) hints.Add($"the JSON type changes at line {lines[store.KindChangedAt]:N0} ({store.Kinds})");
        var missing = Counted.Of(store.Missing, "missing");
        var example = survey.NotNumber ?? "strings";
        if (store.Distinct is not { } distinct || distinct > options.MaxCategoricalLevels)
            return new(ColumnType.Text,
                $"text: more than {options.MaxCategoricalLevels:N0} distinct strings; {missing}; {example}", hints);
        return filled > FewRows && distinct > filled / 2
            ? new(ColumnType.Text, $"text: {distinct:N0} distinct strings in {filled:N0} values, over half; {missing}; {example}", hints)
            : new(ColumnType.Categorical, $"categorical: {distinct:N0} distinct strings in {filled:N0} values; {missing}; {example}", hints);
    }

    private static CellSurvey Survey(CellStore store, LineMap lines)
    {
        var survey = new CellSurvey(lines);
        for (var level = 0; level < store.Levels.Count; level++) survey.Look(store.Levels[level], store.FirstRow(level));
        for (var tail = store.Tail(); !survey.Settled && tail.MoveNext();)
            if (!tail.IsMissing) survey.Look(tail.Cell, tail.Row);
        return survey;
    }
}
