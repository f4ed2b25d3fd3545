using System.CommandLine;
using Perennial.Api.Contracts;
using Perennial.Cli.Output;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Spectre.Console;

namespace Perennial.Cli.Commands;

/// <summary><c>runs</c>, <c>versions</c> and <c>status</c>: looking.</summary>
public static class QueryCommands
{
    /// <summary><c>perennial runs</c>.</summary>
    public static Command Runs() => new Command("runs", "List a model's runs, newest first") { CommonOptions.Model }.Calls(async (parsed, client, terminal, ct) =>
    {
        var model = parsed.ModelName();
        var runs = await client.Get<IReadOnlyList<RunRecord>>($"/api/models/{model}/runs", ct);
        terminal.Show(runs, rows => Tables.Write(terminal, ["run", "status", "started", "why", "version", "conclusion"], rows.Select(r => new[]
        {
            r.Id, r.Status.ToString(), Numbers.Day(r.StartedAt), r.Triggers.FirstOrDefault()?.Reason ?? "", r.Version?.ToString() ?? "-", r.Conclusion ?? r.Failure?.Message ?? "",
        }), $"No runs yet: '{parsed.Hint("run data.csv", model)}' starts one."));
        return ExitCodes.Ok;
    });

    /// <summary><c>perennial versions</c>.</summary>
    public static Command Versions() => new Command("versions", "List a model's versions") { CommonOptions.Model }.Calls(async (parsed, client, terminal, ct) =>
    {
        var versions = await client.Get<IReadOnlyList<ModelVersion>>($"/api/models/{parsed.ModelName()}/versions", ct);
        terminal.Show(versions, rows => Tables.Write(terminal, ["version", "state", "created", "run", "package", "reason"], rows.Select(v => new[]
        {
            v.Version.ToString(), v.State.ToString(), Numbers.Day(v.CreatedAt), v.Run, v.Package.ToString()[..12], v.Reason,
        }), "No versions yet."));
        return ExitCodes.Ok;
    });

    /// <summary><c>perennial status</c>.</summary>
    public static Command Status() => new Command("status", "Show a model, or all models of the host") { CommonOptions.Model }.Calls(async (parsed, client, terminal, ct) =>
    {
        if (parsed.GetValue(CommonOptions.Model) is null && !SpecHere.Exists)
        {
            var models = await client.Get<IReadOnlyList<ModelRecord>>("/api/models", ct);
            terminal.Show(models, rows => Tables.Write(terminal, ["model", "created", "spec"], rows.Select(m => new[] { m.Name, Numbers.Day(m.CreatedAt), $"revision {m.SpecRevision}" }), "No models yet."));
            return ExitCodes.Ok;
        }
        var status = await client.Get<ModelStatus>($"/api/models/{parsed.ModelName()}", ct);
        terminal.Show(status, s => Show(terminal, s));
        return ExitCodes.Ok;
    });

    private static void Show(Terminal terminal, ModelStatus status)
    {
        terminal.Line($"[bold]{Markup.Escape(status.Model.Name)}[/]");
        string[][] lines =
        [
            ["champion", status.Champion is { } c ? $"version {c.Version}: {c.Reason}" : "none yet"],
            ["challenger", status.Challenger is { } v ? $"version {v.Version}: {status.Rollout?.Reason}" : "none"],
            ["run in progress", status.ActiveRun is { } run ? $"{run.Id}: {run.Stages.LastOrDefault()?.Name}" : status.PendingTriggers.Count > 0 ? "about to start" : "none"],
            ["newest data", status.Dataset is { } d ? $"{d.Name}: {Numbers.Count(d.Rows)} rows" : "none yet"],
            ["last monitor pass", status.LastPass is { } p ? $"{Numbers.Day(p.At)}: {p.Retraining}" : "none yet"],
            ["next monitor pass", status.NextPassAt is { } next ? Numbers.Day(next) : "not scheduled"],
        ];
        Tables.Aligned(terminal, [
            .. lines.Select(line => line.Select(Markup.Escape).ToArray()),
            .. status.OpenAlerts.Select(alert => new[] { "[yellow]alert[/]", Markup.Escape(alert.Message) })]);
    }
}
