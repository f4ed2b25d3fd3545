using Perennial.Core.Evaluation;

namespace Perennial.Core.Reports.Charts;

/// <summary>True over predicted values; dots on the diagonal are right.</summary>
internal static class ResidualChart
{
    private const double Width = 420, Height = 320, Left = 62, Right = 408, Top = 10, Bottom = 272;

    /// <summary>Draws a dot a row.</summary>
    public static Html Draw(IReadOnlyList<CurvePoint> rows)
    {
        var all = rows.SelectMany(row => new[] { row.X, row.Y }).ToList();
        var (x, y) = (Scale.Around(all, Left, Right), Scale.Around(all, Bottom, Top));
        return Plot.Figure("True over predicted", "A dot a test row; the line is where they agree", "True values over predicted values", Width, Height, Html.Of(
            $"""
            {Plot.Rows(y, Left, Right)}{Plot.Columns(x, Bottom, 4)}
            <line class="ref" x1="{Left}" y1="{Bottom}" x2="{Right}" y2="{Top}"/>
            {Html.Each(rows, row => Html.Of($"<circle class=\"fa\" opacity=\"0.45\" cx=\"{x[row.X]}\" cy=\"{y[row.Y]}\" r=\"2.5\"/>"))}
            <text class="m" x="{(Left + Right) / 2}" y="{Bottom + 40}">Predicted</text>
            <text class="m" transform="translate(12 {(Top + Bottom) / 2}) rotate(-90)">True</text>
            """));
    }
}
