namespace Perennial.Core.Reports.Charts;

/// <summary>One dot.</summary>
/// <param name="X">Its number.</param>
/// <param name="Y">Its value.</param>
/// <param name="Group">Its group: 0 blue, 1 orange, others grey.</param>
/// <param name="Filled">Whether it is the chosen one.</param>
/// <param name="Title">What it is.</param>
/// <param name="Ranked">Whether it can be the best so far.</param>
internal sealed record Dot(int X, double Y, int Group, bool Filled, string Title, bool Ranked = true);

/// <summary>Values of numbered things, with the best so far as a line.</summary>
internal static class DotChart
{
    private const double Width = 860, Height = 250, Left = 56, Right = 846, Top = 10, Bottom = 206;

    /// <summary>Draws the dots.</summary>
    public static Html Draw(string title, string? note, string xTitle, IReadOnlyList<Dot> dots, bool lowerIsBetter, Html legend)
    {
        var last = Math.Max(1, dots.Max(dot => dot.X));
        var (x, y) = (new Scale(-0.5, last + 0.5, Left, Right), Scale.Around(dots.Select(dot => dot.Y), Bottom, Top));
        var best = new List<(double, double)>();
        var record = double.NaN;
        foreach (var dot in dots.Where(dot => dot.Ranked))
        {
            var better = double.IsNaN(record) || (lowerIsBetter ? dot.Y < record : dot.Y > record);
            if (better && best.Count > 0) best.Add((x[dot.X], y[record]));
            if (better) record = dot.Y;
            best.Add((x[dot.X], y[record]));
        }

        var every = (int)Math.Ceiling((last + 1) / 20.0);
        var labels = Html.Each(Enumerable.Range(0, last + 1).Where(i => i % every == 0), i => Html.Of($"<text class=\"m\" x=\"{x[i]}\" y=\"{Bottom + 18}\">{i}</text>"));
        return Plot.Figure(title, note, $"{title}: {dots.Count} values", Width, Height, Html.Of(
            $"""
            {Plot.Rows(y, Left, Right)}{Plot.Base(Left, Right, Bottom)}{labels}
            <polyline class="ref" points="{Plot.Points(best)}"/>
            {Html.Each(dots, dot => Html.Of($"<circle class=\"{Style(dot)}\" cx=\"{x[dot.X]}\" cy=\"{y[dot.Y]}\" r=\"{(dot.Filled ? 7 : 5)}\"><title>{dot.Title}</title></circle>\n"))}
            <text class="m" x="{(Left + Right) / 2}" y="{Bottom + 38}">{xTitle}</text>
            """), legend);
    }

    private static string Style(Dot dot) => (dot.Group, dot.Filled) switch
    {
        (0, true) => "fa",
        (1, true) => "fb",
        (_, true) => "fm",
        (0, _) => "ring sa",
        (1, _) => "ring sb",
        _ => "ring sm",
    };
}
