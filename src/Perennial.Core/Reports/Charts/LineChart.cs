using Perennial.Core.Registry;

namespace Perennial.Core.Reports.Charts;

/// <summary>One measured value in time.</summary>
/// <param name="At">When.</param>
/// <param name="Value">The value.</param>
/// <param name="Interval">Its interval.</param>
/// <param name="Reference">What it is compared with.</param>
/// <param name="Marked">Whether it stands out.</param>
/// <param name="Title">What it is.</param>
/// <param name="Segment">Lines join only points of the same segment.</param>
internal sealed record TimePoint(DateTimeOffset At, double Value, MetricInterval? Interval, double? Reference, bool Marked, string Title, int Segment = 0);

/// <summary>A course in time with intervals, its reference dashed, and instants marked.</summary>
internal static class LineChart
{
    private const double Width = 860, Height = 270, Left = 56, Right = 846, Top = 26, Bottom = 232;

    /// <summary>Draws the course.</summary>
    public static Html Draw(string title, string? note, IReadOnlyList<TimePoint> points, IReadOnlyList<(DateTimeOffset At, string Label)> marks, Html legend)
    {
        var x = TimeAxis.Over(points.Select(point => point.At).Concat(marks.Select(mark => mark.At)), Left + 12, Right - 12);
        var y = Scale.Around(points.SelectMany(Extent), Bottom, Top);
        var segments = points.GroupBy(point => point.Segment).Select(group => group.OrderBy(point => point.At).ToList()).ToList();
        return Plot.Figure(title, note, $"{title}: {points.Count} values", Width, Height, Html.Of(
            $"""
            {Plot.Rows(y, Left, Right)}{Plot.Base(Left, Right, Bottom)}{x.Labels(Bottom)}
            {Html.Each(marks, mark => Html.Of($"<line class=\"axis\" x1=\"{x[mark.At]}\" x2=\"{x[mark.At]}\" y1=\"{Top - 8}\" y2=\"{Bottom}\"/><text class=\"m ink\" x=\"{x[mark.At]}\" y=\"{Top - 12}\">{mark.Label}</text>\n"))}
            {Html.Each(segments, segment => Band(segment, x, y))}
            {Html.Each(segments, segment => Html.Of($"<polyline class=\"ref\" points=\"{Plot.Points(segment.Where(p => p.Reference is not null).Select(p => (x[p.At], y[p.Reference!.Value])))}\"/><polyline class=\"la\" points=\"{Plot.Points(segment.Select(p => (x[p.At], y[p.Value])))}\"/>\n"))}
            {Html.Each(points, point => Html.Of($"<circle class=\"{(point.Marked ? "fb" : "fa")}\" cx=\"{x[point.At]}\" cy=\"{y[point.Value]}\" r=\"{(point.Marked ? 6 : 3.5)}\"><title>{point.Title}</title></circle>\n"))}
            """), legend);
    }

    private static IEnumerable<double> Extent(TimePoint point)
    {
        yield return point.Value;
        if (point.Reference is { } reference) yield return reference;
        if (point.Interval is not { } interval) yield break;
        yield return interval.Low;
        yield return interval.High;
    }

    private static Html Band(List<TimePoint> segment, TimeAxis x, Scale y)
    {
        var known = segment.Where(point => point.Interval is not null).ToList();
        var edge = known.Select(p => (x[p.At], y[p.Interval!.High])).Concat(known.AsEnumerable().Reverse().Select(p => (x[p.At], y[p.Interval!.Low])));
        return known.Count switch
        {
            0 => Html.Empty,
            1 => Html.Of($"<line class=\"la\" opacity=\"0.5\" x1=\"{x[known[0].At]}\" x2=\"{x[known[0].At]}\" y1=\"{y[known[0].Interval!.High]}\" y2=\"{y[known[0].Interval!.Low]}\"/>"),
            _ => Html.Of($"<polygon class=\"soft\" points=\"{Plot.Points(edge)}\"/>"),
        };
    }
}
