using System.CommandLine;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core.Registry;

namespace Perennial.Cli.Commands;

/// <summary><c>promote</c>, <c>rollback</c> and <c>monitor</c>: acting.</summary>
public static class ChangeCommands
{
    private static readonly Argument<int> Version = WholeNumber.Argument("version", "The version");
    private static readonly Option<string?> Reason = new("--reason") { Description = "Why, for the audit trail" };

    /// <summary><c>perennial promote</c>.</summary>
    public static Command Promote() => new Command("promote", "Make a version the champion") { Version, CommonOptions.Model, Reason }.Calls(async (parsed, client, terminal, ct) =>
    {
        var body = new PromoteRequest(parsed.GetValue(Version), parsed.GetValue(Reason), Environment.UserName);
        var alias = await client.Post<ModelAlias>($"/api/models/{parsed.ModelName()}/promote", body, ct);
        terminal.Show(alias, a => terminal.Text($"Version {a.Version} of {a.Model} is the champion."));
        return ExitCodes.Ok;
    });

    /// <summary><c>perennial rollback</c>.</summary>
    public static Command Rollback() => new Command("rollback", "Bring the champion before back") { CommonOptions.Model, Reason }.Calls(async (parsed, client, terminal, ct) =>
    {
        var alias = await client.Post<ModelAlias>($"/api/models/{parsed.ModelName()}/rollback", new ReasonRequest(parsed.GetValue(Reason), Environment.UserName), ct);
        terminal.Show(alias, a => terminal.Text($"Version {a.Version} of {a.Model} is the champion again."));
        return ExitCodes.Ok;
    });

    /// <summary><c>perennial monitor</c>.</summary>
    public static Command Monitor() => new Command("monitor", "Run a monitor pass now and show what it saw") { CommonOptions.Model }.Calls(async (parsed, client, terminal, ct) =>
    {
        var model = parsed.ModelName();
        var status = await client.Get<ModelStatus>($"/api/models/{model}", ct);
        if (status.Champion is null)
        {
            terminal.Error("no-champion", $"Model '{model}' has no champion yet, so there is nothing to watch. '{parsed.Hint("run data.csv", model)}' makes one.");
            return ExitCodes.Refused;
        }
        var pass = await new PassNow(client, model).Run(ct);
        terminal.Show(pass, p => Show(terminal, client, model, p));
        return ExitCodes.Ok;
    });

    private static void Show(Terminal terminal, PerennialClient client, string model, PassSummary pass)
    {
        terminal.Text($"{pass.Id}: {Numbers.Count(pass.Rows)} predictions, {Numbers.Count(pass.LabelledRows)} with a label, version {pass.Version}");
        terminal.Text($"  drifted: {(pass.Drifted.Count == 0 ? "nothing" : string.Join(", ", pass.Drifted))}");
        if (pass.Performance is { } p) terminal.Text($"  {p.Metric}: {Numbers.Metric(p.Value)} now, {Numbers.Metric(p.Baseline)} at the start");
        terminal.Text($"  {pass.Retraining}");
        terminal.Text($"Report: {new Uri(client.Host, $"/api/models/{model}/monitor/reports/{pass.Id}/report.html")}");
    }
}
