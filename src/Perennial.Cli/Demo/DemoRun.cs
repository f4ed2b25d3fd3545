using System.Diagnostics;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Cli.Hosting;
using Perennial.Cli.Output;
using Perennial.Core.Pipelines;
using Perennial.Learning.Reading;
using Perennial.Local.Time;
using Spectre.Console;

namespace Perennial.Cli.Demo;

/// <summary>The main job from end to end, on a host of its own: train, serve, watch, retrain, decide, and tell.</summary>
public sealed class DemoRun(Terminal terminal, DemoInput input, string folder, int port)
{
    private readonly List<DemoStage> _stages = [];

    /// <summary>Runs it. With <paramref name="keep"/> the host goes on serving until stopped.</summary>
    public async Task<int> Run(bool keep, CancellationToken ct)
    {
        var clock = new MovableClock(input.Start);
        await using var host = await LocalHost.Start(new LocalHostOptions(folder, port, clock), ct);
        using var client = new PerennialClient(host.Address);
        var story = new DemoStory(client, terminal, input.Spec.Model, SaveReport);
        terminal.Line($"Host at [link]{host.Address}[/], folder {Markup.Escape(folder)}");
        terminal.Text(input.Period);

        var first = await Timed("upload and train version 1", () => TrainFirst(client, story, ct));
        if (first.Run.Status != RunStatus.Succeeded) return first.Run.Status == RunStatus.Rejected ? ExitCodes.Rejected : ExitCodes.RunFailed;
        var replay = new DemoReplay(client, clock, input, story);
        await replay.Settle(ct);
        terminal.Line($"\n[bold]Live traffic[/]: every row is predicted at its time, its label follows {DemoReplay.LabelDelay.TotalDays:0} days later");
        await Timed("replay with monitoring and retraining", () => replay.Run(ct));
        var result = await Timed("score all versions on later rows", () => new DemoScoreboard(client, input, story).Make(replay.AnsweredBy, ct));

        var report = await story.SaveNewestPass(ct);
        terminal.Show(new DemoSummary(result, story.Decisions, story.Passes, _stages, folder), s =>
        {
            s.Result.Write(terminal, story);
            if (report is not null) terminal.Text($"Newest monitor report: {report}");
            terminal.Text($"Time: {string.Join(", ", _stages.Select(stage => $"{stage.Name} {stage.Seconds:0.0} s"))}.");
        });
        if (keep) await Keep(host, ct);
        else terminal.Text($"Serve this folder again with: perennial up --data {folder}");
        return ExitCodes.Ok;
    }

    private async Task<RunResponse> TrainFirst(PerennialClient client, DemoStory story, CancellationToken ct)
    {
        var model = input.Spec.Model;
        await client.PutModel(model, input.SpecBytes, ct);
        using var rows = new MemoryStream();
        CsvWriter.Write(input.Known, rows);
        rows.Position = 0;
        var dataset = await client.Upload(model, "known.csv", rows, ct: ct);
        var trigger = await client.Post<RunTrigger>($"/api/models/{model}/runs", new RunRequest(dataset.Id, "the first version", "demo"), ct);
        var run = await client.WaitForRun(model, trigger.Key, ct);
        return await story.FollowRun(run.Id, ct) ?? throw new InvalidOperationException($"Run {run.Id} was followed twice.");
    }

    private string SaveReport(string name, byte[] page)
    {
        var reports = Directory.CreateDirectory(Path.Combine(folder, "reports"));
        var path = Path.Combine(reports.FullName, name);
        File.WriteAllBytes(path, page);
        return path;
    }

    private async Task Keep(LocalHost host, CancellationToken ct)
    {
        terminal.Line($"\nStill serving at [link]{host.Address}[/]. Ctrl+C stops.");
        await host.WaitForShutdown(ct);
    }

    private async Task<T> Timed<T>(string name, Func<Task<T>> work)
    {
        var start = Stopwatch.GetTimestamp();
        var result = await work();
        _stages.Add(new DemoStage(name, Stopwatch.GetElapsedTime(start).TotalSeconds));
        return result;
    }

    private Task Timed(string name, Func<Task> work) => Timed(name, async () =>
    {
        await work();
        return true;
    });
}

/// <summary>How long a part of the demo took.</summary>
/// <param name="Name">The part.</param>
/// <param name="Seconds">Wall time.</param>
public sealed record DemoStage(string Name, double Seconds);

/// <summary>All of the demo for machines.</summary>
/// <param name="Result">The closing table.</param>
/// <param name="Decisions">The audit trail.</param>
/// <param name="Passes">The monitor passes.</param>
/// <param name="Stages">Wall times.</param>
/// <param name="Folder">The host's folder.</param>
public sealed record DemoSummary(
    DemoResult Result,
    IReadOnlyList<Core.Governance.AuditEntry> Decisions,
    IReadOnlyList<PassSummary> Passes,
    IReadOnlyList<DemoStage> Stages,
    string Folder);
