using Perennial.Core.Evaluation;

namespace Perennial.Core.Reports.Charts;

/// <summary>A curve in the unit square: ROC, precision over recall.</summary>
internal static class CurveChart
{
    private const double Width = 330, Height = 290, Left = 50, Right = 320, Top = 10, Bottom = 242;

    /// <summary>Draws the curve with its reference.</summary>
    /// <param name="title">The title.</param>
    /// <param name="note">A line under it.</param>
    /// <param name="xTitle">What X is.</param>
    /// <param name="yTitle">What Y is.</param>
    /// <param name="points">The curve, ascending in X.</param>
    /// <param name="reference">The Y of a model that knows nothing, at X = 0 and at X = 1.</param>
    public static Html Draw(string title, string? note, string xTitle, string yTitle, IReadOnlyList<CurvePoint> points, (double At0, double At1) reference)
    {
        var (x, y) = (new Scale(0, 1, Left, Right), new Scale(0, 1, Bottom, Top));
        var curve = points.Select(point => (x[point.X], y[point.Y])).ToList();
        var area = curve.Count == 0 ? curve : [(curve[0].Item1, Bottom), .. curve, (curve[^1].Item1, Bottom)];
        return Plot.Figure(title, note, $"{title}: {yTitle} over {xTitle}", Width, Height, Html.Of(
            $"""
            {Plot.Rows(y, Left, Right)}{Plot.Columns(x, Bottom)}
            <line class="ref" x1="{Left}" y1="{y[reference.At0]}" x2="{Right}" y2="{y[reference.At1]}"/>
            <polygon class="soft" points="{Plot.Points(area)}"/>
            <polyline class="la" points="{Plot.Points(curve)}"/>
            <text class="m" x="{(Left + Right) / 2}" y="{Bottom + 40}">{xTitle}</text>
            <text class="m" transform="translate(12 {(Top + Bottom) / 2}) rotate(-90)">{yTitle}</text>
            """));
    }
}
