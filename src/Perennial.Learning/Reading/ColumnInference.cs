using Perennial.Learning.Frames;
using Perennial.Learning.Reading.Cells;

namespace Perennial.Learning.Reading;

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

    internal sealed record Inferred(ColumnType Type, string Reason, IReadOnlyList<string> Hints);

    public static Inferred Infer(ColumnCells cells, ReadOptions options, LineMap lines)
    {
        var missing = Counted.Of(cells.Missing, "missing");
        var filled = cells.Count - cells.Missing;
        if (filled == 0) return new(ColumnType.Categorical, "categorical: every value is missing, so nothing is known of the type", []);
        var survey = CellSurvey.Of(cells, lines);
        var all = $"all {filled:N0} values";
        if (!survey.AnyNotBoolean && Allows(cells, CellKinds.Boolean))
            return new(ColumnType.Boolean, $"boolean: {all} are true or false; {missing}", []);
        if (survey.NotNumber is null && Allows(cells, CellKinds.Number))
            return new(ColumnType.Numeric, $"numeric: {all} parse; {missing}", survey.LeadingZeros is null ? [] : [survey.LeadingZeros]);
        if (survey.NotTimestamp is null && Allows(cells, CellKinds.Text) && survey.Forms.Families == 1)
            return new(ColumnType.Timestamp, $"timestamp: {all} parse as {survey.Forms}; {missing}", survey.Forms.Hints);
        return Strings(cells, options, survey, filled, lines);
    }

    private static bool Allows(ColumnCells cells, CellKinds kind) => cells.Kinds == CellKinds.Plain || cells.Kinds == kind;

    private static Inferred Strings(ColumnCells cells, ReadOptions options, CellSurvey survey, int filled, LineMap lines)
    {
        var hints = new List<string>();
        if (survey.NotNumber is { } number && cells.Kinds == CellKinds.Plain && Numbers(cells, survey) is > 0 and var numbers)
            hints.Add($"{numbers:N0} distinct values are numbers, but {number}");
        var forms = survey.Forms;
        if (forms.Families > 1) hints.Add($"dates in several formats: {forms}; write all as yyyy-MM-dd");
        else if (forms.Count > 0 && survey.NotTimestamp is { } timestamp) hints.Add($"some values are timestamps, but {timestamp}");
        else if (survey.NotTimestamp?.Contains("day/month", StringComparison.Ordinal) == true) hints.Add(survey.NotTimestamp);
        if (cells.KindChangedAt >= 0) hints.Add($"the JSON type changes at line {lines[cells.KindChangedAt]:N0} ({cells.Kinds})");
        var missing = Counted.Of(cells.Missing, "missing");
        var example = survey.NotNumber ?? "strings";
        if (cells.Distinct is not { } distinct || distinct > options.MaxCategoricalLevels)
            return new(ColumnType.Text,
                $"text: more than {options.MaxCategoricalLevels:N0} distinct strings; {missing}; {example}", hints);
        return filled > FewRows && distinct > filled / 2
            ? new(ColumnType.Text, $"text: {distinct:N0} distinct strings in {filled:N0} values, over half; {missing}; {example}", hints)
            : new(ColumnType.Categorical, $"categorical: {distinct:N0} distinct strings in {filled:N0} values; {missing}; {example}", hints);
    }

    /// <summary>
    /// How many distinct cells are numbers; where there are too many to count, how many numbers there are up to the row at which the
    /// column proved to be one of strings, those of the first distinct cells once each.
    /// </summary>
    private static int Numbers(ColumnCells cells, CellSurvey survey)
    {
        var levels = cells.Levels.Take(cells.DistinctLimit).Count(l => NumberParsing.TryParse(l.Cell, out _));
        if (cells.Levels.Count <= cells.DistinctLimit) return levels;
        Span<byte> scratch = stackalloc byte[64];
        foreach (var piece in cells.Rows.Pieces)
        {
            var walk = new CellCursor(cells.Stores[piece.Worker], piece.FirstOfWorker, piece.Rows, scratch);
            while (walk.MoveNext())
            {
                var row = piece.First + walk.Row - piece.FirstOfWorker;
                if (row > survey.SettledAt) return levels;
                if (row >= cells.Levels[cells.DistinctLimit].Row && !walk.IsMissing && NumberParsing.TryParse(walk.Cell, out _)) levels++;
            }
        }
        return levels;
    }
}
