using Perennial.Core.Pipelines;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Reports;

/// <summary>What was tried, and what won.</summary>
internal static class SearchSection
{
    /// <summary>The section; empty before the first trial.</summary>
    public static Html Render(RunDetails details)
    {
        if (details.Trials.Count == 0) return Html.Empty;
        var metric = details.Trials[0].Metric;
        var judged = details.Trials.Max(trial => trial.Folds?.Count) is { } folds ? $"as the mean of {folds} folds" : "on the validation rows";
        var lead = $"{Figures.Count(details.Trials.Count)} trials, judged by {MetricTitles.Of(metric)} {judged}"
            + $" ({(MetricTitles.LowerIsBetter(metric) ? "lower" : "higher")} is better). Trial 0 knows nothing but the class frequencies, the mean, or the last value seen.{Rungs(details)}";
        return Page.Section("Search", lead, Chart(details, metric), Table(details, metric));
    }

    private static string Rungs(RunDetails details)
    {
        var rungs = details.Trials.Where(trial => trial.Rung is not null).GroupBy(trial => trial.Rung!.Value).OrderBy(rung => rung.Key)
            .Select(rung => $"{rung.Count()} on {Figures.Percent(rung.First().RowShare ?? 1)} of the training rows").ToList();
        return rungs.Count == 0 ? "" : $" The best of each rung went on: {string.Join(", then ", rungs)}. Only those on all rows can win.";
    }

    private static Html Chart(RunDetails details, string metric)
    {
        var trainers = details.Trials.Where(trial => trial.Index > 0).Select(trial => trial.Trainer).Distinct().ToList();
        var dots = details.Trials.Where(trial => trial.Value is { } value && double.IsFinite(value)).Select(trial => new Dot(trial.Index, trial.Value!.Value,
            trial.RowShare is null && trainers.IndexOf(trial.Trainer) is var group and >= 0 ? group : 2, trial.Index == details.Winner,
            $"Trial {trial.Index}, {trial.Trainer}: {Figures.Metric(trial.Value)}{(trial.RowShare is { } share ? $" on {Figures.Percent(share)} of the rows" : "")}{(trial.Index == details.Winner ? ", the winner" : "")}",
            Ranked: trial.RowShare is null)).ToList();
        if (dots.Count == 0) return Page.Empty("No trial has given a value yet.");
        (string, string)[] legend = [("", details.Trials.Any(trial => trial.RowShare is not null) ? "baseline, or on few rows" : "baseline"), .. trainers.Select((trainer, i) => (i switch { 0 => "a", 1 => "b", _ => "" }, trainer)), ("dash", "best so far")];
        return Draw(dots, metric, Plot.Legend(legend));
    }

    private static Html Draw(IReadOnlyList<Dot> dots, string metric, Html legend) =>
        DotChart.Draw($"{MetricTitles.Of(metric)} by trial", "The filled dot won", "Trial", dots, MetricTitles.LowerIsBetter(metric), legend);

    private static Html Table(RunDetails details, string metric) => Page.Table("Trials", ["#Trial", "Trainer", "#" + MetricTitles.Of(metric), "Parameters", "Note", "#Time"],
        details.Trials.Select(trial => (IReadOnlyList<Html>)
        [
            Html.Of($"{trial.Index}"),
            Html.Of($"{trial.Trainer} {Html.When(trial.Index == details.Winner, () => Page.Badge(Tone.Good, "winner"))}"),
            Html.Of($"<strong>{Figures.Metric(trial.Value)}</strong>"),
            Parameters(trial),
            Html.Of($"<small>{Note(trial)}</small>"),
            Html.Of($"{Figures.Span(TimeSpan.FromSeconds(Math.Max(0, trial.Seconds)))}"),
        ]));

    private static string Note(TrialRecord trial) => string.Join("; ", new[]
    {
        trial.Rung is { } rung ? $"rung {rung + 1}: {Figures.Percent(trial.RowShare ?? 1)} of the rows{(trial.PromotedFrom is { } from ? $", from trial {from}" : "")}" : null,
        trial.Folds is { Count: > 0 } folds ? $"folds {Figures.Metric(folds.Min())} to {Figures.Metric(folds.Max())}" : null,
        trial.Note,
    }.Where(part => part is not null));

    private static Html Parameters(TrialRecord trial) => Html.Of(
        $"<small>{string.Join(" · ", trial.Parameters.OrderBy(parameter => parameter.Key, StringComparer.Ordinal).Select(parameter => $"{parameter.Key} {Figures.Parameter(parameter.Value)}"))}</small>");
}
