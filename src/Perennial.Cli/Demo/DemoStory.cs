using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core.Data;
using Perennial.Core.Governance;
using Perennial.Core.Pipelines;
using Perennial.Core.Registry;
using Spectre.Console;

namespace Perennial.Cli.Demo;

/// <summary>Tells what the host decides while the demo runs: from its audit trail, its runs and its monitor passes, nothing else.</summary>
public sealed class DemoStory(PerennialClient client, Terminal terminal, string model, Func<string, byte[], string> saveReport)
{
    private readonly HashSet<string> _followed = new(StringComparer.Ordinal);
    private readonly List<PassSummary> _passes = [];
    private int _audited;
    private (int Version, ModelSignature Signature)? _signature;

    /// <summary>All decisions so far.</summary>
    public List<AuditEntry> Decisions { get; } = [];

    /// <summary>All monitor passes so far, oldest first.</summary>
    public IReadOnlyList<PassSummary> Passes => _passes;

    /// <summary>Follows a run to its end, once.</summary>
    public async Task<RunResponse?> FollowRun(string runId, CancellationToken ct)
    {
        if (!_followed.Add(runId)) return null;
        var run = await client.Get<RunResponse>($"/api/runs/{runId}", ct);
        terminal.Line($"\n[bold]{Numbers.Day(run.Run.StartedAt)}  {Markup.Escape(runId)}[/]  {Markup.Escape(string.Join("; ", run.Run.Triggers.Select(t => t.Reason)))}");
        run = await new RunProgress(terminal, client).Follow(runId, ct);
        Tables.Aligned(terminal, run.Details.Findings.Where(f => Tells(f, run.Run.Sequence)).Select(f => new[] { $"[yellow]{Markup.Escape(f.Kind)}[/]", Markup.Escape(f.Message) }));
        terminal.Line($"  [bold]{run.Run.Status}[/]: {Markup.Escape(run.Run.Conclusion ?? run.Run.Failure?.Message ?? "")}");
        if (run.Run.Report is not null)
            terminal.Text($"  report: {saveReport($"{runId}.html", await client.GetBytes($"/api/runs/{runId}/report.html", ct))}");
        return run;
    }

    /// <summary>Tells what is new in the audit trail and in the monitor passes.</summary>
    public async Task Tell(CancellationToken ct)
    {
        foreach (var run in (await client.Get<IReadOnlyList<RunRecord>>($"/api/models/{model}/runs?take=5", ct)).Reverse())
            if (run.Status is not (RunStatus.Running or RunStatus.AwaitingApproval)) await FollowRun(run.Id, ct);
        foreach (var entry in await client.Get<IReadOnlyList<AuditEntry>>($"/api/models/{model}/audit?after={_audited}", ct))
        {
            _audited = entry.Sequence;
            Decisions.Add(entry);
            // A run's own lines have told its registration or rejection already.
            if (entry.Kind is not ("model-created" or "version-registered" or "run-rejected"))
                terminal.Line($"[bold]{Numbers.Day(entry.At)}[/]  {Event(entry.Kind, entry.Version)}  {Markup.Escape(entry.Reason)}");
        }
        await ReadPasses(ct);
    }

    /// <summary>What the present champion takes.</summary>
    public async Task<ModelSignature> ChampionSignature(CancellationToken ct)
    {
        var aliases = await client.Get<IReadOnlyList<ModelAlias>>($"/api/models/{model}/aliases", ct);
        var version = aliases.Single(a => a.Alias == "champion").Version;
        if (_signature is not { } known || known.Version != version)
            _signature = (version, await Signature(version, ct));
        return _signature.Value.Signature;
    }

    /// <summary>What a version takes.</summary>
    public Task<ModelSignature> Signature(int version, CancellationToken ct) =>
        client.Get<ModelSignature>($"/api/models/{model}/versions/{version}/files/signature.json", ct);

    /// <summary>Says how far the replay is.</summary>
    public void Progress(DateTimeOffset now, int served, int labelled, int total) =>
        terminal.Moment($"{Numbers.Day(now)}  {Numbers.Count(served)} of {Numbers.Count(total)} rows served, {Numbers.Count(labelled)} labelled");

    private async Task ReadPasses(CancellationToken ct)
    {
        var newest = await client.Get<IReadOnlyList<PassSummary>>($"/api/models/{model}/monitor/reports?take=20", ct);
        foreach (var pass in newest.Reverse().Where(p => _passes.All(known => known.Id != p.Id)))
        {
            _passes.Add(pass);
        }
    }

    /// <summary>Saves the page of the newest monitor pass and returns where.</summary>
    public async Task<string?> SaveNewestPass(CancellationToken ct)
    {
        if (_passes.Count == 0) return null;
        var id = _passes[^1].Id;
        return saveReport($"monitor-{id}.html", await client.GetBytes($"/api/models/{model}/monitor/reports/{id}/report.html", ct));
    }

    // That a person must say what is known later is said once, of the first run.
    private static bool Tells(DataFinding finding, int sequence) =>
        finding.Kind is "leak" or "not-in-traffic" || (finding.Kind == "known-later" && finding.Column is null && sequence == 1);

    /// <summary>A kind of decision in words, as markup.</summary>
    public static string Event(string kind, int? version) => kind switch
    {
        "version-registered" => $"version {version} registered",
        "challenge-started" => $"version {version} challenges",
        "version-promoted" => $"[green]version {version} promoted[/]",
        "version-rejected" => $"[yellow]version {version} rejected[/]",
        "run-rejected" => "[yellow]run rejected[/]",
        "alert-opened" => "[red]alert opened[/]",
        "alert-closed" => "[green]alert closed[/]",
        _ => Markup.Escape(kind.Replace('-', ' ')),
    };
}
