namespace Perennial.Core.Reports.Charts;

/// <summary>A distribution or a course, small enough for a table's cell.</summary>
internal static class Sparkline
{
    /// <summary>Bars of counts.</summary>
    public static Html Bars(IReadOnlyList<long> counts, string description, string style = "fa")
    {
        if (counts.Count == 0 || counts.Max() == 0) return Html.Of($"<span class=\"dim\">{Figures.None}</span>");
        var (width, most) = (110.0 / counts.Count, (double)counts.Max());
        var bars = Html.Join(counts.Select((count, i) => Html.Of(
            $"<rect class=\"{style}\" x=\"{i * width}\" y=\"{24 - Math.Max(count > 0 ? 1 : 0, 22 * count / most)}\" width=\"{Math.Max(0.6, width - Math.Min(1.5, width / 4))}\" height=\"{Math.Max(count > 0 ? 1 : 0, 22 * count / most)}\"/>")));
        return Html.Of($"<svg class=\"spark\" viewBox=\"0 0 110 24\" role=\"img\" aria-label=\"{description}\"><title>{description}</title>{bars}</svg>");
    }
}
