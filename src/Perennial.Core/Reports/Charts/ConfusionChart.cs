namespace Perennial.Core.Reports.Charts;

/// <summary>The confusion matrix as a heat map: a table, so that it can be read aloud and copied.</summary>
internal static class ConfusionChart
{
    private const int MostClasses = 12;

    /// <summary>Draws the matrix; shades are shares of the true class. Of very many classes the first are shown.</summary>
    public static Html Draw(IReadOnlyList<string> classes, IReadOnlyList<IReadOnlyList<double>> counts)
    {
        var shown = Enumerable.Range(0, Math.Min(classes.Count, MostClasses)).ToList();
        var note = classes.Count > MostClasses ? $"Rows: what was true. Columns: what was answered. The first {MostClasses} of {classes.Count} classes" : "Rows: what was true. Columns: what was answered";
        var head = Html.Each(shown, i => Html.Of($"<th scope=\"col\">{Figures.Short(classes[i], 18)}</th>"));
        var body = Html.Each(shown, i =>
        {
            var total = Math.Max(1, counts[i].Sum());
            var cells = Html.Each(shown, j =>
            {
                var hit = new Html(i == j ? " class=\"hit\"" : "");
                var share = counts[i][j] / total;
                return Html.Of($"<td{hit} style=\"--v:{share}\"><strong>{Figures.Count(counts[i][j])}</strong><br/><small>{Figures.Percent(share)}</small></td>");
            });
            return Html.Of($"<tr><th scope=\"row\">{Figures.Short(classes[i], 18)}</th>{cells}</tr>");
        });
        return Html.Of(
            $"""
            <figure><figcaption>Confusion<small>{note}</small></figcaption>
            <div class="scroll"><table class="heat"><caption>Confusion matrix</caption><thead><tr><td style="background:none"></td>{head}</tr></thead><tbody>{body}</tbody></table></div></figure>

            """);
    }
}
