using System.CommandLine;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core.Evaluation;
using Perennial.Core.Pipelines;
using Spectre.Console;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial run</c>: spec and data in, a run followed to its end.</summary>
public static class RunCommand
{
    private const string Error = "calibrationError";
    private static readonly Argument<FileInfo?> Data = new("data") { Description = "Rows to upload first (CSV, JSON Lines or Parquet); without it the newest dataset is used", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<FileInfo?> Spec = new("--spec") { Description = "The spec to put first [default: ./perennial.json where it exists]" };
    private static readonly Option<bool> Detach = new("--detach") { Description = "Ask for the run and do not wait for it" };

    private static readonly Option<int?> Repeat = WholeNumber.Optional("--repeat", "Make this version again from its own dataset, spec and trials, and compare; nothing is registered", "version");

    /// <summary>The command.</summary>
    public static Command Make() => new Command("run", "Upload data and run the pipeline: validate, train, evaluate, gate, register, roll out")
    {
        Data, Spec, CommonOptions.Model, Repeat, Detach,
    }.Calls(Run);

    private static async Task<int> Run(ParseResult parsed, PerennialClient client, Terminal terminal, CancellationToken ct)
    {
        if (parsed.GetValue(Repeat) is not null && (parsed.GetValue(Data) is not null || parsed.GetValue(Spec) is not null))
            throw new UsageException("--repeat takes the dataset and the spec that its version was made of: leave the file and --spec out.");
        var data = parsed.GetValue(Data);
        var spec = parsed.GetValue(Repeat) is null ? await GivenSpec(parsed, ct) : null;
        var model = spec?.Model ?? (parsed.GetValue(Repeat) is not null ? parsed.ModelName() : NamedModel(parsed));
        if (data is { Exists: false }) throw new UsageException($"There is no file '{data.FullName}'.");
        var dataset = data is not null ? await Upload(client, terminal, model, data, spec?.Text, ct) : null;
        if (spec is { } alone && data is null) await client.PutModel(model, alone.Text, ct);
        var trigger = await client.Post<RunTrigger>($"/api/models/{model}/runs", new RunRequest(dataset?.Id, "asked for on the command line", Environment.UserName, Repeat: parsed.GetValue(Repeat)), ct);
        if (parsed.GetValue(Detach))
        {
            terminal.Show(trigger, _ => terminal.Text($"Asked for a run. '{parsed.Hint("runs", model)}' shows it."));
            return ExitCodes.Ok;
        }
        var started = await new RunStart(terminal, client, model).Wait(trigger.Key, ct);
        terminal.Line($"Run [bold]{Markup.Escape(started.Id)}[/]");
        var run = await new RunProgress(terminal, client).Follow(started.Id, ct);
        terminal.Show(run, r => Conclude(parsed, terminal, client, r));
        return run.Run.Status switch
        {
            RunStatus.Succeeded => ExitCodes.Ok,
            RunStatus.Rejected => ExitCodes.Rejected,
            _ => ExitCodes.RunFailed,
        };
    }

    private static string NamedModel(ParseResult parsed) => parsed.GetValue(CommonOptions.Model) is not null ? parsed.ModelName() : throw new UsageException(
        $"Which model? Give --model or --spec, or go to the folder that holds its perennial.json. New here? 'perennial init {parsed.GetValue(Data)?.ToString() ?? "data.csv"} --label COLUMN' writes one.");

    // The spec of --spec, or the one of this folder unless the command line names a model of the host.
    private static async Task<(string Model, byte[] Text)?> GivenSpec(ParseResult parsed, CancellationToken ct)
    {
        var named = parsed.GetValue(CommonOptions.Model);
        if ((parsed.GetValue(Spec) ?? (named is null && File.Exists("perennial.json") ? new FileInfo("perennial.json") : null)) is not { } file) return null;
        if (!file.Exists) throw new UsageException($"There is no file '{file.FullName}'.");
        var text = await File.ReadAllBytesAsync(file.FullName, ct);
        var spec = Core.Pipelines.Spec.SpecReader.Read(text, file.Name);
        if (!spec.Succeeded) throw ApiProblemException.Of(spec.Problem);
        if (named is not null && named != spec.Value.Model)
            throw new UsageException($"--model says '{named}', but {file.Name} describes the model '{spec.Value.Model}'. Leave --model out, or change the name in {file.Name}.");
        return (spec.Value.Model, text);
    }

    // With a spec of its own: rows that do not fit it must leave the model's as it is.
    private static async Task<Core.Data.Dataset> Upload(PerennialClient client, Terminal terminal, string model, FileInfo file, byte[]? spec, CancellationToken ct)
    {
        var kept = spec is null ? null : await client.KeepSpec(model, spec, ct);
        await using var stream = file.OpenRead();
        var dataset = await client.Upload(model, file.Name, stream, kept, ct);
        terminal.Text($"Uploaded {file.Name}: {Numbers.Count(dataset.Rows)} rows, {dataset.Columns.Count} columns, dataset {dataset.Id.ToString()[..12]}");
        return dataset;
    }

    private static void Conclude(ParseResult parsed, Terminal terminal, PerennialClient client, RunResponse run)
    {
        Tables.Aligned(terminal, [
            .. run.Details.Findings.Select(f => new[] { "[yellow]found[/]", Markup.Escape(f.Kind), Markup.Escape(f.Message) }),
            .. Calibrated(run.Details.Evaluation),
            .. (run.Details.Evaluation?.Gates ?? []).Select(g => new[] { g.Passed ? "[green]passed[/]" : "[red]refused[/]", Markup.Escape(g.Gate), Markup.Escape(g.Detail) })]);
        terminal.Line($"[bold]{run.Run.Status}[/]: {Markup.Escape(run.Run.Conclusion ?? run.Run.Failure?.Message ?? "")}");
        if (run.Run is { Status: RunStatus.Succeeded, Version: not null }) terminal.Text($"Next: {parsed.Hint("predict rows.csv", run.Run.Model)}");
        if (run.Run.Report is not null) terminal.Text($"Report: {new Uri(client.Host, $"/api/runs/{run.Run.Id}/report.html")}");
    }

    // A spec that asks for calibration changes every score that is answered: what came of it is no detail of the report.
    private static IEnumerable<string[]> Calibrated(EvaluationReport? evaluation)
    {
        if (evaluation?.Calibrated is not { } calibration) yield break;
        var measured = calibration.Fitted.Method != "none" && calibration.Before.TryGetValue(Error, out var before) && evaluation.Metrics.TryGetValue(Error, out var after)
            ? $" Calibration error on the test rows: {Numbers.Metric(before)} before, {Numbers.Metric(after)} now." : "";
        yield return ["[yellow]calibrated[/]", Markup.Escape(calibration.Fitted.Method), Markup.Escape(calibration.Fitted.Detail + measured)];
    }
}
