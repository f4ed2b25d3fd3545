namespace Perennial.Core.Reports.Charts;

/// <summary>A bar.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Value">Its length.</param>
/// <param name="Text">What stands at its end.</param>
internal sealed record Bar(string Label, double Value, string Text);

/// <summary>Horizontal bars from zero, in the order given.</summary>
internal static class BarChart
{
    private const double Width = 420, Left = 164, Step = 26;

    /// <summary>Draws the bars.</summary>
    /// <param name="title">The title.</param>
    /// <param name="note">A line under it.</param>
    /// <param name="bars">The bars.</param>
    /// <param name="room">What the text at the end of the longest bar takes.</param>
    public static Html Draw(string title, string? note, IReadOnlyList<Bar> bars, double room = 54)
    {
        var most = Math.Max(bars.Select(bar => bar.Value).DefaultIfEmpty(0).Max(), 1e-12);
        var x = new Scale(0, most, Left, Width - room);
        var drawing = Html.Join(bars.Select((bar, i) => Html.Of(
            $"""
            <text class="e ink" x="{Left - 8}" y="{(i * Step) + 17}"><title>{bar.Label}</title>{Figures.Short(bar.Label, 21)}</text>
            <rect class="fa" x="{Left}" y="{(i * Step) + 5}" width="{Math.Max(0, x[bar.Value] - Left)}" height="16" rx="3"/>
            <text x="{Math.Max(Left, x[bar.Value]) + 6}" y="{(i * Step) + 17}">{bar.Text}</text>

            """)));
        var words = string.Join(", ", bars.Take(5).Select(bar => $"{bar.Label} {bar.Text}"));
        return Plot.Figure(title, note, $"{title}: {words}", Width, (bars.Count * Step) + 4, drawing);
    }
}
