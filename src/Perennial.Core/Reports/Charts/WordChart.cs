using Perennial.Core.Evaluation;

namespace Perennial.Core.Reports.Charts;

/// <summary>What the words of a text column add to the score: bars to the right of the line raise it, those to the left lower it.</summary>
internal static class WordChart
{
    private const double Width = 420, Left = 164, Right = 364, Step = 24;
    private const int MostBars = 14;

    // Shorter bars could not be seen.
    private const double LeastShare = 0.02;

    /// <summary>Draws the words.</summary>
    public static Html Draw(ColumnWords column)
    {
        var words = column.Words.Where(word => Math.Abs(word.Change) >= LeastShare * Math.Abs(column.Words[0].Change)).Take(MostBars).ToList();
        var x = Scale.Around([0, .. words.Select(word => word.Change)], Left, Right);
        var height = words.Count * Step;
        var drawing = Html.Of(
            $"""
            <line class="ref" x1="{x[0]}" y1="0" x2="{x[0]}" y2="{height}"/>
            {Html.Each(words.Select((word, i) => (word, Y: (i * Step) + 4)), w => Html.Of(
                $"<text class=\"e ink\" x=\"{Left - 8}\" y=\"{w.Y + 12}\"><title>{w.word.Word}: in {Figures.Count(w.word.Rows)} of {Figures.Count(column.Rows)} rows</title>{Figures.Short(w.word.Word, 21)}</text><rect class=\"{(w.word.Change > 0 ? "fa" : "fb")}\" x=\"{Math.Min(x[0], x[w.word.Change])}\" y=\"{w.Y}\" width=\"{Math.Abs(x[w.word.Change] - x[0])}\" height=\"16\" rx=\"3\"/><text x=\"{Right + 8}\" y=\"{w.Y + 12}\">{Figures.Signed(w.word.Change)}</text>\n"))}
            """);
        var told = string.Join(", ", words.Take(5).Select(word => $"{word.Word} {Figures.Signed(word.Change)}"));
        return Plot.Figure($"Words of {column.Column}", "What each adds to the score of a row that has it, asked by leaving it out",
            $"Words of {column.Column}: {told}", Width, height + 8, drawing);
    }
}
