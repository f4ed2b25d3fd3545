using Perennial.Local.Maintenance.Check;
using Spectre.Console;

namespace Perennial.Cli.Output;

/// <summary>Shows a check while it goes, and what it found.</summary>
public sealed class CheckView(Terminal terminal)
{
    /// <summary>Checks a folder and shows the report.</summary>
    public async Task<CheckReport> Run(string folder, CancellationToken ct)
    {
        var report = terminal.Interactive ? await WithBar(folder, ct) : await FolderCheck.Run(folder, null, ct);
        terminal.Show(report, Show);
        return report;
    }

    private async Task<CheckReport> WithBar(string folder, CancellationToken ct) => await terminal.Out.Progress()
        .AutoClear(true).Columns(new ProgressBarColumn(), new PercentageColumn(), new TaskDescriptionColumn { Alignment = Justify.Left })
        .StartAsync(async progress =>
        {
            var bar = progress.AddTask("");
            return await Task.Run(() => FolderCheck.Run(folder, new Bar(bar), ct), ct);
        });

    private void Show(CheckReport report)
    {
        foreach (var finding in report.Findings)
        {
            terminal.Line($"[red]{Markup.Escape(finding.File)}{(finding.Offset is { } offset ? $", byte {offset}" : "")}[/]: {Markup.Escape(finding.What)}");
            terminal.Text($"  {finding.Meaning} {finding.Remedy}");
        }
        foreach (var note in report.Notes) terminal.Text($"Note: {note}");
        terminal.Text($"Read {Numbers.Count(report.Files)} files, {Numbers.Bytes(report.Bytes)}: {Numbers.Count(report.Records)} records, "
            + $"{Numbers.Count(report.References)} references, {Numbers.Count(report.AuditEntries)} audit entries.");
        terminal.Line(report.IsClean ? "[green]Nothing is broken.[/]" : $"[red]{Numbers.Count(report.Findings.Count)} broken.[/]");
    }

    private sealed class Bar(ProgressTask task) : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value)
        {
            task.MaxValue = Math.Max(1, value.Total);
            task.Value = value.Done;
            task.Description = Markup.Escape(value.What);
        }
    }
}
