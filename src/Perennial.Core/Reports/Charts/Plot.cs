namespace Perennial.Core.Reports.Charts;

/// <summary>The frame of a chart: caption, drawing area, grid and labels.</summary>
internal static class Plot
{
    /// <summary>A chart's figure. The description is what a person who cannot see it is told.</summary>
    public static Html Figure(string title, string? note, string description, double width, double height, Html drawing, Html legend = default) => Html.Of(
        $"""
        <figure><figcaption>{title}{Html.When(note is not null, () => Html.Of($"<small>{note}</small>"))}</figcaption>{new Html(legend.Markup ?? "")}
        <svg viewBox="0 0 {width} {height}" role="img" aria-label="{description}" style="max-width:{width * 1.25}px">
        <title>{description}</title>
        {drawing}
        </svg></figure>

        """);

    /// <summary>Horizontal grid lines with their values at the left.</summary>
    public static Html Rows(Scale y, double left, double right, int count = 4)
    {
        var ticks = y.Ticks(count);
        return Html.Each(ticks, tick => Html.Of(
            $"<line class=\"grid\" x1=\"{left}\" x2=\"{right}\" y1=\"{y[tick]}\" y2=\"{y[tick]}\"/><text class=\"e\" x=\"{left - 8}\" y=\"{y[tick] + 4}\">{y.Label(tick, ticks)}</text>\n"));
    }

    /// <summary>Values along the bottom.</summary>
    public static Html Columns(Scale x, double bottom, int count = 5)
    {
        var ticks = x.Ticks(count);
        return Html.Each(ticks, tick => Html.Of($"<text class=\"m\" x=\"{x[tick]}\" y=\"{bottom + 18}\">{x.Label(tick, ticks)}</text>\n"));
    }

    /// <summary>The base line.</summary>
    public static Html Base(double left, double right, double bottom) =>
        Html.Of($"<line class=\"axis\" x1=\"{left}\" x2=\"{right}\" y1=\"{bottom}\" y2=\"{bottom}\"/>");

    /// <summary>The points of a polyline.</summary>
    public static string Points(IEnumerable<(double X, double Y)> points) =>
        string.Join(' ', points.Select(point => Html.Of($"{point.X},{point.Y}").Markup));

    /// <summary>What the colours mean.</summary>
    public static Html Legend(params ReadOnlySpan<(string Class, string Text)> entries) =>
        Html.Of($"<div class=\"legend\">{entries.ToArray().Select(entry => Html.Of($"<span><i class=\"{entry.Class}\"></i>{entry.Text}</span>"))}</div>");
}
