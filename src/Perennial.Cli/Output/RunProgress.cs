using System.Globalization;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Core.Pipelines;
using Spectre.Console;

namespace Perennial.Cli.Output;

/// <summary>Shows a run while it goes: bars on a terminal, a line a stage and a trial without one.</summary>
public sealed class RunProgress(Terminal terminal, PerennialClient client)
{
    private const int BarWidth = 16;

    /// <summary>Follows the run to its end and returns its last state.</summary>
    public async Task<RunResponse> Follow(string runId, CancellationToken ct)
    {
        if (terminal.Interactive) return await Bars(runId, ct);
        RunResponse? last = null;
        var printed = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var run in client.Follow(runId, ct))
        {
            if (await Hindrance(run, isOld: ReferenceEquals(run, last), ct) is { } hindrance && printed.Add(hindrance)) terminal.Aside(hindrance);
            last = run;
            foreach (var line in Lines(run))
                if (printed.Add(line)) terminal.Text(line);
        }
        return last ?? throw new InvalidOperationException($"The host ended the events of {runId} without a state.");
    }

    private async Task<RunResponse> Bars(string runId, CancellationToken ct)
    {
        RunResponse? last = null;
        await terminal.Out.Progress().AutoClear(true).HideCompleted(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn { Width = BarWidth }, new SpinnerColumn())
            .StartAsync(async progress =>
            {
                var bars = new Dictionary<string, ProgressTask>(StringComparer.Ordinal);
                var said = new HashSet<string>(StringComparer.Ordinal);
                await foreach (var run in client.Follow(runId, ct))
                {
                    if (await Hindrance(run, isOld: ReferenceEquals(run, last), ct) is { } hindrance && said.Add(hindrance)) terminal.Out.WriteLine(hindrance);
                    last = run;
                    foreach (var stage in run.Run.Stages) Update(progress, bars, run, stage);
                }
                foreach (var bar in bars.Values) bar.StopTask();
            });
        // The bars are gone; what each stage came to stays.
        Tables.Aligned(terminal, (last?.Run.Stages ?? []).Select(Ended));
        return last ?? throw new InvalidOperationException($"The host ended the events of {runId} without a state.");
    }

    /// <summary>How a run that waits for approval is decided.</summary>
    internal static string Decide(PerennialClient client, string runId) =>
        $"decide on {new Uri(client.Host, "/")}, or post {{ \"approved\": true, \"actor\": \"you\" }} to {new Uri(client.Host, $"/api/runs/{runId}/decision")}.";

    // What keeps a run from going on by itself. The host is asked only when it has had nothing new to tell for a while.
    private async Task<string?> Hindrance(RunResponse run, bool isOld, CancellationToken ct) => run.Run.Status switch
    {
        RunStatus.AwaitingApproval => $"The run waits for approval: {Decide(client, run.Run.Id)}",
        RunStatus.Running when isOld && (await client.Get<HealthResponse>("/api/health", ct)).StandsStill is { } reason => $"The run waits: the host's orchestrations stand still. {reason}",
        _ => null,
    };

    private static string[] Ended(StageRecord stage) =>
    [
        stage.Status == StageStatus.Failed ? "[red]failed[/]" : stage.Cached ? "[grey]cached[/]" : "[green]done[/]",
        Markup.Escape(stage.Name), Markup.Escape(stage.Summary ?? ""),
    ];

    private void Update(ProgressContext progress, Dictionary<string, ProgressTask> bars, RunResponse run, StageRecord stage)
    {
        if (!bars.TryGetValue(stage.Name, out var bar))
            bars[stage.Name] = bar = progress.AddTask(stage.Name, maxValue: stage.Total ?? 1);
        var best = stage.Name == "search" ? Best(run) : null;
        // Cut, not wrapped: bars stay in their column.
        var room = Math.Max(10, terminal.Out.Profile.Width - BarWidth - 8);
        var text = $"{stage.Name,-9} {stage.Summary ?? best ?? ""}".PadRight(room);
        bar.Description = Markup.Escape(text.Length > room ? text[..(room - 1)] + "…" : text);
        bar.MaxValue = stage.Total ?? 1;
        bar.Value = stage.Status == StageStatus.Running ? stage.Done ?? 0 : bar.MaxValue;
        if (stage.Status == StageStatus.Failed) bar.Description = $"[red]{bar.Description}[/]";
    }

    private static string? Best(RunResponse run)
    {
        var done = run.Details.Trials.Where(t => t.Value is not null).ToArray();
        return done.Length == 0 ? null : $"{done.Length} trials, newest: {Trial(done[^1])}";
    }

    private static IEnumerable<string> Lines(RunResponse run)
    {
        foreach (var stage in run.Run.Stages)
        {
            // A trial is a part of the search: what a pipe is shown has the order in which it happened.
            if (stage.Name == "search")
                foreach (var trial in run.Details.Trials) yield return $"  trial {trial.Index}: {Trial(trial)}";
            if (stage.Status != StageStatus.Running)
                yield return $"  {stage.Name}: {(stage.Status == StageStatus.Failed ? "FAILED " : "")}{stage.Summary}{(stage.Cached ? " (cached)" : "")}";
        }
    }

    private static string Trial(TrialRecord trial) => trial.Value is { } value
        ? $"{trial.Trainer} {trial.Metric} {Numbers.Metric(value)}{On(trial)}"
        : $"{trial.Trainer} refused: {trial.Note}";

    private static string On(TrialRecord trial) => trial switch
    {
        { RowShare: { } share } => $" on {share.ToString("0.# %", CultureInfo.InvariantCulture)} of the rows",
        { PromotedFrom: { } from } => $" on all rows, from trial {from}",
        { Folds: { } folds } => $", the mean of {folds.Count} folds",
        _ => "",
    };
}
