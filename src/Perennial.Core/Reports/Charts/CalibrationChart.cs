using Perennial.Core.Evaluation;
using Perennial.Learning;
using Perennial.Learning.Metrics;

namespace Perennial.Core.Reports.Charts;

/// <summary>What share came true, by the probability that was told. Dots on the diagonal keep their word; larger dots hold more rows.</summary>
internal static class CalibrationChart
{
    private const double Width = 330, Height = 290, Left = 50, Right = 320, Top = 10, Bottom = 242;

    /// <summary>Draws the bins. The axes end at the largest value, so that rare classes fill the chart too.</summary>
    /// <param name="bins">Mean score and observed share, by bin.</param>
    /// <param name="before">The same before the scores were calibrated; null where they were not.</param>
    /// <param name="task">Several classes: the probability told is that of the answer.</param>
    public static Html Draw(IReadOnlyList<CurvePoint> bins, IReadOnlyList<CurvePoint>? before = null, TaskKind task = TaskKind.Binary)
    {
        var high = Math.Min(1, Math.Max(0.05, bins.Concat(before ?? []).SelectMany(bin => new[] { bin.X, bin.Y }).DefaultIfEmpty(1).Max() * 1.1));
        var (x, y) = (new Scale(0, high, Left, Right), new Scale(0, high, Bottom, Top));
        var most = Math.Max(1, bins.Select(bin => bin.Count ?? 1).DefaultIfEmpty(1).Max());
        var note = task == TaskKind.Multiclass ? $"Share of right answers by their probability, in {CalibrationCurve.DefaultBins} equal bins; larger dots hold more rows" : $"Share that came true by probability told, in {CalibrationCurve.DefaultBins} equal bins; larger dots hold more rows";
        var legend = before is null ? default : Plot.Legend(("a", "calibrated"), ("b", "before"));
        return Plot.Figure("Calibration", note, "Calibration: observed share over predicted probability",
            Width, Height, Html.Of(
            $"""
            {Plot.Rows(y, Left, Right)}{Plot.Columns(x, Bottom)}
            <line class="ref" x1="{Left}" y1="{Bottom}" x2="{Right}" y2="{Top}"/>
            {Html.When(before is not null, () => Before(before!, x, y))}
            <polyline class="la" points="{Plot.Points(bins.Select(bin => (x[bin.X], y[bin.Y])))}"/>
            {Html.Each(bins, bin => Html.Of($"<circle class=\"fa\" cx=\"{x[bin.X]}\" cy=\"{y[bin.Y]}\" r=\"{3 + (6 * Math.Sqrt((bin.Count ?? 1) / most))}\"><title>told {Figures.Percent(bin.X)}, came true {Figures.Percent(bin.Y)}, rows {Figures.Count(bin.Count ?? 0)}</title></circle>\n"))}
            <text class="m" x="{(Left + Right) / 2}" y="{Bottom + 40}">Probability told</text>
            <text class="m" transform="translate(12 {(Top + Bottom) / 2}) rotate(-90)">Share that came true</text>
            """), legend);
    }

    private static Html Before(IReadOnlyList<CurvePoint> bins, Scale x, Scale y) => Html.Of(
        $"<polyline class=\"lb\" points=\"{Plot.Points(bins.Select(bin => (x[bin.X], y[bin.Y])))}\"/>{Html.Each(bins, bin => Html.Of($"<circle class=\"fb\" cx=\"{x[bin.X]}\" cy=\"{y[bin.Y]}\" r=\"3\"><title>before: told {Figures.Percent(bin.X)}, came true {Figures.Percent(bin.Y)}</title></circle>"))}");
}
