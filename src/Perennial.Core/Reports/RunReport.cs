using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Perennial.Core.Reports.Charts;

namespace Perennial.Core.Reports;

/// <summary>What a run's page shows.</summary>
/// <param name="Run">The run.</param>
/// <param name="Details">Its findings, trials and evaluation so far.</param>
/// <param name="Versions">The model's versions.</param>
public sealed record RunReportInput(RunRecord Run, RunDetails Details, IReadOnlyList<ModelVersion> Versions);

/// <summary>The <c>report.html</c> of a run: one file without network or script, that says first what came out. A function of its input alone.</summary>
public static class RunReport
{
    /// <summary>Renders the page; any state of a run can be rendered, also one that failed at its first stage.</summary>
    public static string Render(RunReportInput input)
    {
        var (run, details) = (input.Run, input.Details);
        return Page.Render($"{run.Model}: run {run.Sequence}", Html.Join(
        [
            Head(run),
            Html.When(details.Evaluation is not null || run.Version is not null, () => Page.Tiles(Tiles(input))),
            Failure(run),
            EvaluationSection.Gates(details.Evaluation),
            Triggers(run),
            DataSection.Findings(details),
            EvaluationSection.Render(details.Evaluation),
            InspectionSection.Render(details.Evaluation),
            SearchSection.Render(details),
            DataSection.Columns(details),
            Stages(run),
            Versions(input),
            Provenance(run),
            Page.Footer($"Perennial · {run.Id} · times are UTC; intervals are 95 % bootstrap intervals"),
        ]));
    }

    private static Html Head(RunRecord run)
    {
        var (tone, verdict) = run.Status switch
        {
            RunStatus.Succeeded => (Tone.Good, run.Version is null ? "made again" : "registered"),
            RunStatus.Rejected => (Tone.Warn, "rejected"),
            RunStatus.Failed => (Tone.Bad, "failed"),
            RunStatus.AwaitingApproval => (Tone.Warn, "awaits approval"),
            _ => (Tone.Plain, "running"),
        };
        var sentence = run.Conclusion ?? run.Status switch
        {
            RunStatus.Succeeded => $"Version {run.Version} was registered",
            RunStatus.Failed => run.Stages.LastOrDefault(stage => stage.Status == StageStatus.Failed) is { } stage ? $"Stage {stage.Name} could not be done" : "The run could not go on",
            RunStatus.AwaitingApproval => "A person must decide",
            _ => run.Stages.Count > 0 ? $"Now at stage {run.Stages[^1].Name}" : "Nothing has happened yet",
        };
        var took = run.EndedAt is { } end && end > run.StartedAt ? $", took {Figures.Span(end - run.StartedAt)}" : "";
        return Page.Header($"{run.Model} · training run {run.Sequence}", tone, verdict, sentence, Html.Of($"Started {Figures.Time(run.StartedAt)}{took}"));
    }

    private static IEnumerable<Html> Tiles(RunReportInput input)
    {
        var (run, evaluation) = (input.Run, input.Details.Evaluation);
        if (evaluation is not null)
        {
            var metric = evaluation.Metric;
            var interval = evaluation.Intervals.GetValueOrDefault(metric);
            yield return Page.Tile($"{MetricTitles.Of(metric)} on test rows", Figures.Metric(evaluation.Metrics.GetValueOrDefault(metric, double.NaN)),
                interval is null ? $"{Figures.Count(evaluation.Rows)} rows" : $"{Figures.Metric(interval.Low)} to {Figures.Metric(interval.High)}, {Figures.Count(evaluation.Rows)} rows");
            if (evaluation.BaselineMetrics.TryGetValue(metric, out var baseline))
                yield return Page.Tile("Knowing nothing scores", Figures.Metric(baseline), "the baseline candidate, same rows");
            yield return evaluation.Champion is { } champion
                ? Page.Tile($"Better than champion v{champion.Version} by", Figures.Signed(champion.Difference), $"better in {Figures.Percent(champion.ProbabilityBetter)} of resamples",
                    champion.Interval.Low > 0 ? Tone.Good : champion.Interval.High < 0 ? Tone.Bad : Tone.Warn)
                : Page.Tile("Champion", "none yet", "nothing to compare with");
        }

        yield return Page.Tile("Version", run.Version is { } version ? $"v{version}" : Figures.None,
            run.Version is null ? "none was registered" : input.Versions.FirstOrDefault(v => v.Version == run.Version)?.State.ToString().ToLowerInvariant());
    }

    private static Html Failure(RunRecord run)
    {
        if (run.Failure is not { } failure) return Html.Empty;
        var stage = run.Stages.LastOrDefault(stage => stage.Status == StageStatus.Failed)?.Name;
        var retry = failure.Retryable ? "The same step could succeed later: retry goes on from it." : "A retry alone will not help: change what the message names first.";
        return Page.Section("What went wrong", null, Page.Note(Tone.Bad, stage is null ? failure.Code : $"Stage {stage}: {failure.Code}", Html.Of($"{failure.Message}<br/>{retry}")));
    }

    private static Html Triggers(RunRecord run) => Page.Section("Why it ran", null, run.Triggers.Count == 0
        ? Page.Empty("No request is recorded.")
        : Page.Table("Requests that this run answers", ["When", "What asked", "Who", "Why"], run.Triggers.Select(trigger => (IReadOnlyList<Html>)
        [
            Html.Of($"{Figures.Time(trigger.At)}"), Page.Badge(Tone.Plain, trigger.Kind.ToString().ToLowerInvariant()), Html.Of($"{trigger.Actor}"), Html.Of($"{trigger.Reason}"),
        ])));

    private static Html Stages(RunRecord run) => run.Stages.Count == 0
        ? Page.Section("Stages", null, Page.Empty("No stage has started."))
        : Page.Section("Stages", "What was done, in order. A cached stage found its earlier result under the same inputs.",
            Page.Table("Stages", ["Stage", "", "What came out", "#Time"], run.Stages.Select(stage => (IReadOnlyList<Html>)
            [
                Html.Of($"<strong>{stage.Name}</strong>"),
                stage.Status switch
                {
                    StageStatus.Failed => Page.Badge(Tone.Bad, "failed"),
                    StageStatus.Running => Page.Badge(Tone.Plain, stage is { Done: { } done, Total: { } total } ? $"{done} of {total}" : "running"),
                    _ => Page.Badge(Tone.Good, stage.Cached ? "cached" : "done"),
                },
                Html.Of($"{stage.Summary ?? Figures.None}"),
                Html.Of($"{(stage.EndedAt is { } end ? Figures.Span(end - stage.StartedAt) : Figures.None)}"),
            ])),
            StageChart.Draw(run.Stages));

    private static Html Versions(RunReportInput input) => Page.Section("Versions", null, input.Versions.Count == 0
        ? Page.Empty("The model has no version yet.")
        : VersionsChart.Draw(input.Versions, input.Run.EndedAt ?? input.Run.StartedAt));

    private static Html Provenance(RunRecord run) => Page.Section("Provenance", "The same dataset, spec, seed and code give the same model again, bit for bit.", Page.Pairs(
    [
        ("Run", Html.Of($"<code>{run.Id}</code>")),
        ("Dataset", run.Dataset is { } dataset ? Page.Hash(dataset.ToString()) : Html.Of($"{Figures.None}")),
        ("Champion then", Html.Of($"{(run.Champion is { } champion ? $"v{champion}" : "none")}")),
        ("Details", run.Progress is { } progress ? Page.Hash(progress.ToString()) : Html.Of($"{Figures.None}")),
    ]));
}
