using Perennial.Core.Evaluation;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Reports;

/// <summary>What the candidate relies on, and how its answers move with it.</summary>
internal static class InspectionSection
{
    private const int MostBars = 12;

    /// <summary>Renders the section; nothing where the candidate was not inspected.</summary>
    public static Html Render(EvaluationReport? evaluation)
    {
        if (evaluation?.Inspection is not { } inspection) return Html.Empty;
        var asked = inspection.Reliances.Count < inspection.Columns ? $" the {inspection.Reliances.Count} columns of {inspection.Columns} with the most gain," : "";
        return Page.Section("What it relies on",
            $"Asked of the graph itself:{asked} on {Figures.Count(inspection.Rows)} test rows, evenly spread. Columns that say the same share what they are worth.",
            Page.Row([Reliances(inspection), .. (inspection.Words ?? []).Select(WordChart.Draw), .. Dependence(inspection)]));
    }

    private static Html Reliances(Inspection inspection) => BarChart.Draw("What it misses when a column is shuffled",
        $"How much worse {MetricTitles.Of(inspection.Metric)} gets; ± over {inspection.Repeats} shuffles",
        [.. inspection.Reliances.Take(MostBars).Select(column => new Bar(column.Column, Math.Max(0, column.Drop), $"{Figures.Metric(column.Drop)} ±{Figures.Metric(column.Deviation)}"))], room: 100);

    private static IEnumerable<Html> Dependence(Inspection inspection)
    {
        var drawn = inspection.Dependence.Where(column => column.Points.Count > 1).ToList();
        if (drawn.Count == 0 || inspection.MeanScore is not { } mean) return [];
        var scores = drawn.SelectMany(column => column.Points).Select(point => point.Scores[0]).Append(mean).ToList();
        return drawn.Select(column => DependenceChart.Draw(column, (scores.Min(), scores.Max()), mean));
    }
}
