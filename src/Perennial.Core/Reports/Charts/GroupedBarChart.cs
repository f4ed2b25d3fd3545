namespace Perennial.Core.Reports.Charts;

/// <summary>One bin, then and now.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Then">Share then, 0 to 1.</param>
/// <param name="Now">Share now, 0 to 1.</param>
internal sealed record ThenAndNow(string Label, double Then, double Now);

/// <summary>Two bars a bin, then above now.</summary>
internal static class GroupedBarChart
{
    private const double Width = 420, Left = 164, Right = 322, Step = 30;

    /// <summary>Draws the bins in the order given.</summary>
    public static Html Draw(string title, string? note, IReadOnlyList<ThenAndNow> bins)
    {
        var most = Math.Max(bins.SelectMany(bin => new[] { bin.Then, bin.Now }).DefaultIfEmpty(0).Max(), 1e-9);
        var x = new Scale(0, most, 0, Right - Left);
        var drawing = Html.Join(bins.Select((bin, i) => Html.Of(
            $"""
            <text class="e ink" x="{Left - 8}" y="{(i * Step) + 19}"><title>{bin.Label}</title>{Figures.Short(bin.Label, 21)}</text>
            <rect class="fm" x="{Left}" y="{(i * Step) + 4}" width="{Math.Max(0.5, x[bin.Then])}" height="9" rx="2"><title>then {Figures.Percent(bin.Then)}</title></rect>
            <rect class="fa" x="{Left}" y="{(i * Step) + 14}" width="{Math.Max(0.5, x[bin.Now])}" height="9" rx="2"><title>now {Figures.Percent(bin.Now)}</title></rect>
            <text x="{Left + Math.Max(x[bin.Then], x[bin.Now]) + 6}" y="{(i * Step) + 18}">{Figures.Percent(bin.Then)} → {Figures.Percent(bin.Now)}</text>

            """)));
        return Plot.Figure(title, note, $"{title}, then and now, by value", Width, (bins.Count * Step) + 4, drawing);
    }
}
