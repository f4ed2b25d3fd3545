using Perennial.Core.Evaluation;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Reports;

/// <summary>How the candidate did on rows that nothing else has seen.</summary>
internal static class EvaluationSection
{
    private const int MostImportant = 12;

    /// <summary>What each gate said.</summary>
    public static Html Gates(EvaluationReport? evaluation)
    {
        if (evaluation is null) return Html.Empty;
        var gates = evaluation.Gates;
        var lead = gates.Count == 0 ? null : gates.All(gate => gate.Passed)
            ? "All gates let the candidate through."
            : $"{gates.Count(gate => !gate.Passed)} of {gates.Count} gates stopped the candidate.";
        return Page.Section("Gates", lead, gates.Count == 0
            ? Page.Empty("No gate has judged yet.")
            : Page.Table("Gates", ["Gate", "Verdict", "Figures"], gates.Select(gate => (IReadOnlyList<Html>)
                [
                    Html.Of($"<strong>{gate.Gate.Replace('-', ' ')}</strong>"),
                    gate.Passed ? Page.Badge(Tone.Good, "passed") : Page.Badge(Tone.Bad, "stopped"),
                    Html.Of($"{gate.Detail}"),
                ])));
    }

    /// <summary>Metrics, curves and importance.</summary>
    public static Html Render(EvaluationReport? evaluation)
    {
        if (evaluation is null) return Html.Empty;
        var period = evaluation.TestPeriod is { } range ? $" from {Figures.Day(range.From)} to {Figures.Day(range.To)}" : "";
        return Page.Section("Evaluation", $"Measured on {Figures.Count(evaluation.Rows)} test rows{period} that neither training nor the search has seen.",
            Metrics(evaluation), Champion(evaluation.Champion, evaluation.Metric), Calibrated(evaluation), Page.Row([.. Answers(evaluation)]), Page.Three([.. Curves(evaluation)]));
    }

    private static Html Metrics(EvaluationReport evaluation)
    {
        var champion = evaluation.Champion;
        List<string> columns = ["Metric", "#Candidate", "#95 % interval", "#Baseline"];
        if (champion is not null) columns.Add($"#Champion v{champion.Version}");
        columns.Add("Better is");
        var names = evaluation.Metrics.Keys.OrderBy(name => name != evaluation.Metric).ThenBy(name => name, StringComparer.Ordinal);
        return Page.Table("Metrics", columns, names.Select(name =>
        {
            var interval = evaluation.Intervals.GetValueOrDefault(name);
            List<Html> row =
            [
                name == evaluation.Metric ? Html.Of($"<strong>{MetricTitles.Of(name)}</strong> {Page.Badge(Tone.Plain, "decides")}") : Html.Of($"{MetricTitles.Of(name)}"),
                Html.Of($"<strong>{Figures.Metric(evaluation.Metrics[name])}</strong>"),
                Html.Of($"{(interval is null ? Figures.None : $"{Figures.Metric(interval.Low)} to {Figures.Metric(interval.High)}")}"),
                Html.Of($"{Figures.Metric(Value(evaluation.BaselineMetrics, name))}"),
            ];
            if (champion is not null) row.Add(Html.Of($"{Figures.Metric(Value(champion.Metrics, name))}"));
            row.Add(Html.Of($"<span class=\"dim\">{(MetricTitles.LowerIsBetter(name) ? "lower" : "higher")}</span>"));
            return (IReadOnlyList<Html>)row;
        }));
    }

    private static double? Value(IReadOnlyDictionary<string, double> metrics, string name) => metrics.TryGetValue(name, out var value) ? value : null;

    private static Html Champion(ChampionComparison? champion, string metric)
    {
        if (champion is null) return Html.Empty;
        var tone = champion.Interval.Low > 0 ? Tone.Good : champion.Interval.High < 0 ? Tone.Bad : Tone.Plain;
        return Page.Note(tone, $"Against champion v{champion.Version} on the same rows", Html.Of(
            $"The candidate is better by {Figures.Signed(champion.Difference)} {MetricTitles.Of(metric)} (95 % interval {Figures.Signed(champion.Interval.Low)} to {Figures.Signed(champion.Interval.High)}, paired bootstrap), and better in {Figures.Percent(champion.ProbabilityBetter)} of resamples."));
    }

    private static Html Calibrated(EvaluationReport evaluation)
    {
        if (evaluation.Calibrated is not { } calibrated) return Html.Empty;
        if (calibrated.Fitted.Method == "none") return Page.Note(Tone.Plain, "Probabilities are as the model gives them", Html.Of($"{calibrated.Fitted.Detail}"));
        string[] told = [.. new[] { "calibrationError", "logLoss", "brier" }.Where(m => calibrated.Before.ContainsKey(m) && evaluation.Metrics.ContainsKey(m))
            .Select(m => $"{MetricTitles.Of(m)} {Figures.Metric(calibrated.Before[m])} → {Figures.Metric(evaluation.Metrics[m])}")];
        return Page.Note(Tone.Plain, $"Probabilities are calibrated: {calibrated.Fitted.Method}", Html.Of($"{calibrated.Fitted.Detail}<br/>On these test rows: {string.Join(", ", told)}."));
    }

    private static IEnumerable<Html> Answers(EvaluationReport evaluation)
    {
        if (evaluation.Confusion is { Count: > 0 } confusion && evaluation.Classes.Count == confusion.Count) yield return ConfusionChart.Draw(evaluation.Classes, confusion);
        if (evaluation.Importance.Count > 0)
        {
            var note = evaluation.Importance.Count > MostImportant ? $"Share of the model's gain by column, the first {MostImportant} of {evaluation.Importance.Count}" : "Share of the model's gain by column";
            yield return BarChart.Draw("What the model looks at", note,
                [.. evaluation.Importance.Take(MostImportant).Select(column => new Bar(column.Column, column.Share, Figures.Percent(column.Share)))]);
        }

        if (evaluation.Residuals is { Count: > 0 } residuals) yield return ResidualChart.Draw(residuals);
    }

    private static IEnumerable<Html> Curves(EvaluationReport evaluation)
    {
        if (evaluation.Roc is { Count: > 1 } roc)
            yield return CurveChart.Draw("ROC", "The dashed line is a coin", "False positive rate", "True positive rate", roc, (0, 1));
        if (evaluation.PrecisionRecall is { Count: > 1 } precision)
        {
            var share = PositiveShare(evaluation);
            yield return CurveChart.Draw("Precision over recall", $"The dashed line is the share of positives, {Figures.Percent(share)}", "Recall", "Precision",
                [.. precision.OrderBy(point => point.X)], (share, share));
        }

        if (evaluation.Calibration is { Count: > 1 } calibration) yield return CalibrationChart.Draw(calibration, evaluation.Calibrated?.CurveBefore, evaluation.Task);
    }

    private static double PositiveShare(EvaluationReport evaluation) => evaluation.Confusion is { Count: 2 } confusion && confusion.Sum(row => row.Sum()) is > 0 and var all
        ? confusion[1].Sum() / all
        : 0;
}
