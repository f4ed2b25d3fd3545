using Perennial.Core.Monitoring;
using Perennial.Core.Registry;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Reports;

/// <summary>What a monitor pass's page shows.</summary>
/// <param name="Report">The pass.</param>
/// <param name="Earlier">Earlier passes of the model, in any order.</param>
/// <param name="Versions">The model's versions.</param>
/// <param name="Alerts">The model's alerts, open and closed.</param>
public sealed record MonitorReportInput(
    MonitorReport Report, IReadOnlyList<MonitorReport> Earlier, IReadOnlyList<ModelVersion> Versions, IReadOnlyList<Alert> Alerts);

/// <summary>The <c>report.html</c> of a monitor pass: one file without network or script, that says first whether all is well. A function of its input alone.</summary>
public static class MonitorReportPage
{
    /// <summary>Renders the page.</summary>
    public static string Render(MonitorReportInput input)
    {
        var report = input.Report;
        return Page.Render($"{report.Model}: monitor pass {report.Pass}", Html.Join(
        [
            Head(report),
            Page.Tiles(Tiles(report, input.Alerts)),
            Page.Section("Retraining", null, Html.Of($"<p style=\"margin:0\">{report.Retraining}</p>")),
            Performance(input),
            DriftSection.Render(report),
            Alerts(input.Alerts, report),
            Page.Section("Versions", null, input.Versions.Count == 0 ? Page.Empty("The model has no version yet.") : VersionsChart.Draw(input.Versions, report.At)),
            Page.Footer($"Perennial · {report.Id} · version {report.Version} · times are UTC; intervals are 95 % bootstrap intervals"),
        ]));
    }

    private static Html Head(MonitorReport report)
    {
        var drifted = report.Drift.Where(result => result.Drifted).Select(result => result.Feature).ToList();
        var dropped = report.Performance is { Dropped: true };
        var (tone, verdict, sentence) = (report.Judged, dropped, drifted.Count) switch
        {
            (false, _, _) => (Tone.Plain, "not judged", $"Too few rows to judge version {report.Version}"),
            (_, true, 0) => (Tone.Bad, "performance dropped", $"Version {report.Version} does worse than it did"),
            (_, true, _) => (Tone.Bad, "performance dropped", $"Version {report.Version} does worse than it did, and {Names(drifted)} changed"),
            (_, _, > 0) => (Tone.Warn, "drift", $"The world of version {report.Version} has changed: {Names(drifted)}"),
            _ => (Tone.Good, "all is well", $"Version {report.Version} sees the world it was made for"),
        };
        return Page.Header($"{report.Model} · monitor pass {report.Pass}", tone, verdict, sentence,
            Html.Of($"Window {Figures.Day(report.From)} to {Figures.Day(report.To)}, looked at {Figures.Time(report.At)}"));
    }

    private static string Names(IReadOnlyList<string> features) =>
        string.Join(", ", features.Take(3)) + (features.Count > 3 ? $" and {features.Count - 3} more" : "");

    private static IEnumerable<Html> Tiles(MonitorReport report, IReadOnlyList<Alert> alerts)
    {
        yield return Page.Tile("Predictions in the window", Figures.Count(report.Rows), $"{Figures.Count(report.LabelledRows)} with a label");
        yield return report.Performance is { } performance
            ? Page.Tile($"{MetricTitles.Of(performance.Metric)} now", Figures.Metric(performance.Value),
                $"was {Figures.Metric(performance.Baseline)}; now {Figures.Metric(performance.Interval.Low)} to {Figures.Metric(performance.Interval.High)}",
                performance.Dropped ? Tone.Bad : Tone.Good)
            : Page.Tile("Performance", Figures.None, "too few labelled rows");
        var drifted = report.Drift.Count(result => result.Drifted);
        yield return report.Judged
            ? Page.Tile("Features drifted", $"{drifted} of {report.Drift.Count}", null, drifted > 0 ? Tone.Warn : Tone.Good)
            : Page.Tile("Features drifted", Figures.None, "too few rows to judge");
        var open = alerts.Count(alert => alert.ClosedAt is null);
        yield return Page.Tile("Open alerts", Figures.Count(open), open == 0 ? "nothing wants attention" : "see below", open > 0 ? Tone.Warn : Tone.Good);
    }

    private static Html Performance(MonitorReportInput input)
    {
        var passes = input.Earlier.Append(input.Report).Where(pass => pass.Performance is not null).DistinctBy(pass => pass.Pass).OrderBy(pass => pass.Pass).ToList();
        var current = input.Report.Performance;
        var metric = (current ?? passes.LastOrDefault()?.Performance)?.Metric;
        var points = passes.Where(pass => pass.Performance!.Metric == metric && double.IsFinite(pass.Performance.Value)).Select(pass => new TimePoint(pass.At,
            pass.Performance!.Value, Finite(pass.Performance.Interval), double.IsFinite(pass.Performance.Baseline) ? pass.Performance.Baseline : null, pass.Performance.Dropped, $"Pass {pass.Pass}, v{pass.Version}: {Figures.Metric(pass.Performance.Value)}", pass.Version)).ToList();
        var chart = points.Count == 0 ? Page.Empty("No pass has had enough labelled rows yet.") : LineChart.Draw(
            $"{MetricTitles.Of(metric!)} over passes", "A line a version; dashed is what the version scored on its own test rows", points, Changes(passes),
            Plot.Legend(("a", "value now, with 95 % interval"), ("b", "dropped"), ("dash", "baseline")));
        return Page.Section("Performance", metric is null ? null : $"{MetricTitles.Of(metric)} on labelled rows; {(MetricTitles.LowerIsBetter(metric) ? "lower" : "higher")} is better.",
            chart, current is null ? Page.Empty("This pass had too few labelled rows.") : Metrics(current));
    }

    private static MetricInterval? Finite(MetricInterval interval) => double.IsFinite(interval.Low) && double.IsFinite(interval.High) ? interval : null;

    // Where the watched version changed, so that a step in the line is explained.
    private static List<(DateTimeOffset, string)> Changes(List<MonitorReport> passes) =>
        [.. passes.Where((pass, i) => i == 0 || passes[i - 1].Version != pass.Version).Select(pass => (pass.At, $"v{pass.Version}"))];

    private static Html Metrics(PerformanceResult performance) => Page.Table("Metrics now", ["Metric", "#Now", "#Baseline", "#95 % interval", "Better is"],
        performance.Metrics.OrderBy(pair => pair.Key != performance.Metric).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair =>
        {
            var watched = pair.Key == performance.Metric;
            return (IReadOnlyList<Html>)
            [
                watched ? Html.Of($"<strong>{MetricTitles.Of(pair.Key)}</strong> {Page.Badge(Tone.Plain, "watched")}") : Html.Of($"{MetricTitles.Of(pair.Key)}"),
                Html.Of($"<strong>{Figures.Metric(pair.Value)}</strong>"),
                Html.Of($"{(watched ? Figures.Metric(performance.Baseline) : Figures.None)}"),
                Html.Of($"{(watched ? $"{Figures.Metric(performance.Interval.Low)} to {Figures.Metric(performance.Interval.High)}" : Figures.None)}"),
                Html.Of($"<span class=\"dim\">{(MetricTitles.LowerIsBetter(pair.Key) ? "lower" : "higher")}</span>"),
            ];
        }));

    private static Html Alerts(IReadOnlyList<Alert> alerts, MonitorReport report) => Page.Section("Alerts", null, alerts.Count == 0
        ? Page.Empty("No alert has ever opened.")
        : Page.Table("Alerts", ["State", "Kind", "Version", "What", "Opened", "Closed"],
            alerts.OrderBy(alert => alert.ClosedAt is not null).ThenByDescending(alert => alert.OpenedAt).Take(50).Select(alert => (IReadOnlyList<Html>)
            [
                alert.ClosedAt is null ? Page.Badge(Tone.Warn, report.Alerts.Contains(alert.Id) ? "opened now" : "open") : Page.Badge(Tone.Plain, "closed"),
                Html.Of($"{alert.Kind.ToString().ToLowerInvariant()}"),
                Html.Of($"v{alert.Version}"),
                Html.Of($"{alert.Message}{Html.When(alert.ClosedBecause is not null, () => Html.Of($"<br/><small>{alert.ClosedBecause}</small>"))}"),
                Html.Of($"<span class=\"n\">{Figures.Day(alert.OpenedAt)}</span>"),
                Html.Of($"<span class=\"n\">{(alert.ClosedAt is { } closed ? Figures.Day(closed) : Figures.None)}</span>"),
            ])));
}
