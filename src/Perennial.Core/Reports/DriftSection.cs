using Perennial.Core.Monitoring;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Reports;

/// <summary>Every feature, then and now.</summary>
internal static class DriftSection
{
    private const int MostCharts = 6;
    private const int MostRows = 200;

    /// <summary>The section: the most changed features as bars, all of them as a table.</summary>
    public static Html Render(MonitorReport report)
    {
        const string Lead = "PSI is the population stability index; JS the Jensen-Shannon distance, 0 to 1; p is adjusted for the number of features. "
            + "A feature has drifted when both the index and p say so.";
        if (report.Drift.Count == 0) return Page.Section("Drift", Lead, Page.Empty("No feature was compared in this pass."));
        var ranked = report.Drift.OrderByDescending(result => result.Drifted).ThenByDescending(result => result.Psi).ThenBy(result => result.Feature, StringComparer.Ordinal).ToList();
        var drawn = ranked.Where(result => result.Then.Counts.Count > 0).ToList();
        drawn = [.. drawn.Take(Math.Clamp(drawn.Count(result => result.Drifted), Math.Min(2, drawn.Count), MostCharts))];
        return Page.Section("Drift", Lead,
            Page.Table("Drift by feature", ["Feature", "", "#PSI", "#JS", "#p", "Then", "Now"], ranked.Take(MostRows).Select(Row)),
            Html.When(drawn.Count > 0, () => Html.Of(
                $"<h3>Then and now</h3>{Plot.Legend(("", "then: the version's own data"), ("a", "now: this window"))}{Page.Row([.. drawn.Select(Chart)])}")));
    }

    private static IReadOnlyList<Html> Row(DriftResult result) =>
    [
        Html.Of($"<strong>{Name(result.Feature)}</strong>"),
        result.Drifted ? Page.Badge(Tone.Warn, "drifted") : Page.Badge(Tone.Plain, "steady"),
        Html.Of($"{Figures.Metric(result.Psi)}"),
        Html.Of($"{Figures.Metric(result.JensenShannon)}"),
        Html.Of($"{Figures.PValue(result.PValue)}"),
        Sparkline.Bars(result.Then.Counts, $"{result.Feature} then", "fm"),
        Sparkline.Bars(result.Now.Counts, $"{result.Feature} now"),
    ];

    private static Html Chart(DriftResult result) => GroupedBarChart.Draw(Name(result.Feature),
        $"PSI {Figures.Metric(result.Psi)}{(result.Then.Mean is { } then && result.Now.Mean is { } now ? $"; mean {Figures.Metric(then)} → {Figures.Metric(now)}" : "")}",
        Bins.ThenAndNow(result.Then, result.Now));

    private static string Name(string feature) => feature == "(prediction)" ? "Predictions of the model" : feature;
}
