using System.CommandLine;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core.Pipelines;
using Spectre.Console;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial run</c>: spec and data in, a run followed to its end.</summary>
public static class RunCommand
{
    private static readonly Argument<FileInfo?> Data = new("data") { Description = "Rows to upload first (CSV, JSON Lines or Parquet); without it the newest dataset is used", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<FileInfo?> Spec = new("--spec") { Description = "The spec to put first [default: ./perennial.json where it exists]" };
    private static readonly Option<bool> Detach = new("--detach") { Description = "Ask for the run and do not wait for it" };

    private static readonly Option<int?> Repeat = new("--repeat") { Description = "Make this version again from its own dataset, spec and trials, and compare; nothing is registered" };

    /// <summary>The command.</summary>
    public static Command Make() => new Command("run", "Upload data and run the pipeline: validate, train, evaluate, gate, register, roll out")
    {
        Data, Spec, CommonOptions.Model, Repeat, Detach,
    }.Calls(Run);

    private static async Task<int> Run(ParseResult parsed, PerennialClient client, Terminal terminal, CancellationToken ct)
    {
        if (parsed.GetValue(Repeat) is not null && (parsed.GetValue(Data) is not null || parsed.GetValue(Spec) is not null))
            throw new UsageException("--repeat takes the dataset and the spec that its version was made of: leave the file and --spec out.");
        var specFile = parsed.GetValue(Spec) ?? (parsed.GetValue(Repeat) is null && parsed.GetValue(CommonOptions.Model) is null && File.Exists("perennial.json") ? new FileInfo("perennial.json") : null);
        var model = parsed.GetValue(Repeat) is not null ? parsed.ModelName() : specFile is null ? NamedModel(parsed) : await PutSpec(client, specFile, ct);
        var dataset = parsed.GetValue(Data) is { } file ? await Upload(client, terminal, model, file, ct) : null;
        var trigger = await client.Post<RunTrigger>($"/api/models/{model}/runs", new RunRequest(dataset?.Id, "asked for on the command line", Environment.UserName, Repeat: parsed.GetValue(Repeat)), ct);
        if (parsed.GetValue(Detach))
        {
            terminal.Show(trigger, _ => terminal.Text("Asked for a run. 'perennial runs' shows it."));
            return ExitCodes.Ok;
        }
        var started = await client.WaitForRun(model, trigger.Key, ct);
        terminal.Line($"Run [bold]{Markup.Escape(started.Id)}[/]");
        var run = await new RunProgress(terminal, client).Follow(started.Id, ct);
        terminal.Show(run, r => Conclude(terminal, client, r));
        return run.Run.Status switch
        {
            RunStatus.Succeeded => ExitCodes.Ok,
            RunStatus.Rejected => ExitCodes.Rejected,
            _ => ExitCodes.RunFailed,
        };
    }

    private static string NamedModel(ParseResult parsed) => parsed.GetValue(CommonOptions.Model) is not null ? parsed.ModelName() : throw new UsageException(
        $"Which model? Give --model or --spec, or go to the folder that holds its perennial.json. New here? 'perennial init {parsed.GetValue(Data)?.ToString() ?? "data.csv"} --label COLUMN' writes one.");

    private static async Task<string> PutSpec(PerennialClient client, FileInfo file, CancellationToken ct)
    {
        var bytes = await File.ReadAllBytesAsync(file.FullName, ct);
        var spec = Core.Pipelines.Spec.SpecReader.Read(bytes, file.Name);
        if (!spec.Succeeded) throw ApiProblemException.Of(spec.Problem);
        await client.PutModel(spec.Value.Model, bytes, ct);
        return spec.Value.Model;
    }

    private static async Task<Core.Data.Dataset> Upload(PerennialClient client, Terminal terminal, string model, FileInfo file, CancellationToken ct)
    {
        if (!file.Exists) throw new UsageException($"There is no file '{file.FullName}'.");
        await using var stream = file.OpenRead();
        var dataset = await client.Upload(model, file.Name, stream, ct);
        terminal.Text($"Uploaded {file.Name}: {Numbers.Count(dataset.Rows)} rows, {dataset.Columns.Count} columns, dataset {dataset.Id.ToString()[..12]}");
        return dataset;
    }

    private static void Conclude(Terminal terminal, PerennialClient client, RunResponse run)
    {
        Tables.Aligned(terminal, [
            .. run.Details.Findings.Select(f => new[] { "[yellow]found[/]", Markup.Escape(f.Kind), Markup.Escape(f.Message) }),
            .. (run.Details.Evaluation?.Gates ?? []).Select(g => new[] { g.Passed ? "[green]passed[/]" : "[red]refused[/]", Markup.Escape(g.Gate), Markup.Escape(g.Detail) })]);
        terminal.Line($"[bold]{run.Run.Status}[/]: {Markup.Escape(run.Run.Conclusion ?? run.Run.Failure?.Message ?? "")}");
        if (run.Run is { Status: RunStatus.Succeeded, Version: not null }) terminal.Text("Next: perennial predict rows.csv");
        if (run.Run.Report is not null) terminal.Text($"Report: {new Uri(client.Host, $"/api/runs/{run.Run.Id}/report.html")}");
    }
}
