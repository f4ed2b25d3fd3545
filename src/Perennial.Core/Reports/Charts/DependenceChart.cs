using System.Globalization;
using Perennial.Core.Evaluation;
using Perennial.Learning.Frames;

namespace Perennial.Core.Reports.Charts;

/// <summary>The mean score over the values of one column: a line over numbers and instants, a dot a level otherwise. Dashed: the mean score of the rows as they are.</summary>
internal static class DependenceChart
{
    private const double Width = 420, Height = 230, Left = 56, Right = 408, Top = 12, Bottom = 188;
    private const double LevelsLeft = 164, Step = 24;

    /// <summary>Draws the column; all columns of a page on the same scale of scores, so that their effects can be compared.</summary>
    /// <param name="dependence">The column.</param>
    /// <param name="scores">The least and the greatest score of all columns that are drawn.</param>
    /// <param name="mean">The mean score of the rows as they are.</param>
    public static Html Draw(ColumnDependence dependence, (double Low, double High) scores, double mean) => dependence.Type switch
    {
        ColumnType.Numeric => Line(dependence, scores, mean, value => double.Parse(value, CultureInfo.InvariantCulture),
            x => Plot.Columns(x, Bottom, 4)),
        ColumnType.Timestamp => Line(dependence, scores, mean, value => Instant(value).ToUnixTimeSeconds(), x => Days(dependence, x)),
        _ => Levels(dependence, scores, mean),
    };

    private static Html Line(ColumnDependence dependence, (double Low, double High) scores, double mean, Func<string, double> at, Func<Scale, Html> labels)
    {
        var values = dependence.Points.Select(point => at(point.Value)).ToArray();
        var (x, y) = (Scale.Around(values, Left, Right), Scale.Around([scores.Low, scores.High], Bottom, Top));
        var line = dependence.Points.Select((point, i) => (X: x[values[i]], Y: y[point.Scores[0]], Point: point)).ToList();
        return Figure(dependence, Height, Html.Of(
            $"""
            {Plot.Rows(y, Left, Right)}{labels(x)}
            <line class="ref" x1="{Left}" y1="{y[mean]}" x2="{Right}" y2="{y[mean]}"/>
            <polyline class="la" points="{Plot.Points(line.Select(p => (p.X, p.Y)))}"/>
            {Html.Each(line, p => Html.Of($"<circle class=\"fa\" cx=\"{p.X}\" cy=\"{p.Y}\" r=\"3\"><title>{p.Point.Value}: {Figures.Metric(p.Point.Scores[0])}</title></circle>\n"))}
            <text class="m" x="{(Left + Right) / 2}" y="{Bottom + 38}">{Figures.Short(dependence.Column, 48)}</text>
            """));
    }

    private static Html Levels(ColumnDependence dependence, (double Low, double High) scores, double mean)
    {
        var x = Scale.Around([scores.Low, scores.High], LevelsLeft, Right - 44);
        var height = dependence.Points.Count * Step;
        return Figure(dependence, height + 8, Html.Of(
            $"""
            <line class="ref" x1="{x[mean]}" y1="0" x2="{x[mean]}" y2="{height}"/>
            {Html.Each(dependence.Points.Select((point, i) => (point, Y: (i * Step) + 13)), p => Html.Of(
                $"<text class=\"e ink\" x=\"{LevelsLeft - 8}\" y=\"{p.Y + 4}\"><title>{p.point.Value}</title>{Figures.Short(p.point.Value, 21)}</text><line class=\"grid\" x1=\"{LevelsLeft}\" x2=\"{Right - 44}\" y1=\"{p.Y}\" y2=\"{p.Y}\"/><circle class=\"fa\" cx=\"{x[p.point.Scores[0]]}\" cy=\"{p.Y}\" r=\"4.5\"/><text x=\"{Right - 36}\" y=\"{p.Y + 4}\">{Figures.Metric(p.point.Scores[0])}</text>\n"))}
            """));
    }

    private static Html Figure(ColumnDependence dependence, double height, Html drawing) => Plot.Figure(
        dependence.Column, $"Mean score of {Figures.Count(dependence.Rows)} rows when all have this value; dashed: as they are",
        $"Partial dependence on {dependence.Column}", Width, height, drawing);

    private static Html Days(ColumnDependence dependence, Scale x)
    {
        var (first, last) = (Instant(dependence.Points[0].Value), Instant(dependence.Points[^1].Value));
        return Html.Of(
            $"<text x=\"{x[first.ToUnixTimeSeconds()]}\" y=\"{Bottom + 18}\">{Figures.Day(first)}</text><text class=\"e\" x=\"{x[last.ToUnixTimeSeconds()]}\" y=\"{Bottom + 18}\">{Figures.Day(last)}</text>");
    }

    private static DateTimeOffset Instant(string value) => DateTimeOffset.Parse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
