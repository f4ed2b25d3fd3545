using System.CommandLine;
using System.Text.Json;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial predict</c>: rows from a file or standard input, predictions as JSON Lines on standard output.</summary>
public static class PredictCommand
{
    private const int BatchRows = 1000;
    private const int ExplainedBatchRows = 100;
    private static readonly Argument<FileInfo?> Rows = new("rows") { Description = "JSON Lines (.jsonl, .ndjson, .json), Parquet (.parquet) or else CSV, gzip or not (.gz); standard input when absent (JSON Lines unless --csv)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Csv = new("--csv") { Description = "Standard input is CSV" };
    private static readonly Option<string?> IdColumn = new("--id") { Description = "The column whose value is the prediction's id, for its label later [default: data.id of the spec, where the rows have it]" };
    private static readonly Option<bool> NewIds = new("--new-ids") { Description = "Have the host make the ids, whatever data.id says" };
    private static readonly Option<int?> Explain = WholeNumber.Optional("--explain", "Name so many columns with what each added to the answer", "columns");

    /// <summary>The command.</summary>
    public static Command Make() => new Command("predict", "Predict rows with the champion; one JSON object a line comes out, in order")
    {
        Rows, Csv, IdColumn, NewIds, Explain, CommonOptions.Model,
    }.Calls(Run);

    private static async Task<int> Run(ParseResult parsed, PerennialClient client, Terminal terminal, CancellationToken ct)
    {
        var model = parsed.ModelName();
        var file = parsed.GetValue(Rows);
        if (file is { Exists: false }) throw new UsageException($"There is no file '{file.FullName}'.");
        if (parsed.GetValue(IdColumn) is not null && parsed.GetValue(NewIds)) throw new UsageException("--id takes the ids from the rows, --new-ids has the host make them: leave one of the two out.");
        var spec = await Spec(client, model, ct);
        await using var input = file is null ? Console.OpenStandardInput() : file.OpenRead();
        var format = file is not null ? RowFile.Format(file, spec.Data.Format) : parsed.GetValue(Csv) ? DataFormat.Csv : DataFormat.Jsonl;
        var idColumn = parsed.GetValue(IdColumn) ?? (parsed.GetValue(NewIds) ? null : spec.Data.Id);
        // Rows in JSON have types of their own, and the host checks them.
        var signature = format != DataFormat.Jsonl || idColumn is not null ? await Signature(parsed, client, model, ct) : null;
        var ids = new RowIds(idColumn, parsed.GetValue(IdColumn) is null ? RowIds.OfSpec : "--id", signature);
        var rows = new InputRows(file?.Name ?? "standard input", spec, signature, idColumn).Read(format, input, fromFile: file is not null, ct);
        var (done, warned, explain) = (0, false, parsed.GetValue(Explain));
        foreach (var batch in rows.Chunk(explain is null ? BatchRows : ExplainedBatchRows))
        {
            var taken = ids.Take(batch);
            var answer = await Predict(client, model, new PredictBody([.. batch.Select(row => row.Values)], taken, explain), batch, done, ct);
            if (answer.Warning is { } warning && !warned) terminal.Error("not-logged", warning);
            warned |= answer.Warning is not null;
            foreach (var row in answer.Predictions)
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(row, CoreJson.Options).AsMemory(), ct);
            done += batch.Length;
        }
        return ExitCodes.Ok;
    }

    private static async Task<PredictAnswer> Predict(PerennialClient client, string model, PredictBody body, InputRow[] rows, int done, CancellationToken ct)
    {
        try
        {
            return await client.Post<PredictAnswer>($"/api/models/{model}/predict", body, ct);
        }
        catch (ApiProblemException exception) when (exception.Problem.Faults is { Count: > 0 } faults)
        {
            // The host names the rows of one request, the caller knows those of the input.
            var named = faults.Select(f => f with { Where = WhereInInput(f.Where, rows) }).ToArray();
            var earlier = done == 0 ? "" : $" The {done:N0} rows before these were predicted and are above.";
            var advice = exception.Problem.Code == "bad-ids" ? " Correct the column, name another with --id, or have the host make ids with --new-ids." : "";
            throw new ApiProblemException(exception.Problem with { Detail = exception.Problem.Detail + advice + earlier, Faults = named });
        }
    }

    private static string WhereInInput(string where, InputRow[] rows)
    {
        var begin = where.StartsWith("rows[", StringComparison.Ordinal) ? 5 : where.StartsWith("ids[", StringComparison.Ordinal) ? 4 : 0;
        if (begin == 0 || where.IndexOf(']', StringComparison.Ordinal) is not (>= 0 and var end)) return where;
        if (!int.TryParse(where.AsSpan(begin, end - begin), out var index) || index >= rows.Length) return where;
        return $"{rows[index].Place}{(begin == 4 ? ", the id" : end + 2 < where.Length ? $", column '{where[(end + 2)..]}'" : "")}";
    }

    private static async Task<ModelSpec> Spec(PerennialClient client, string model, CancellationToken ct)
    {
        var spec = SpecReader.Read(await client.GetBytes($"/api/models/{model}/spec", ct), "perennial.json");
        return spec.Succeeded ? spec.Value : throw ApiProblemException.Of(spec.Problem);
    }

    private static async Task<ModelSignature> Signature(ParseResult parsed, PerennialClient client, string model, CancellationToken ct)
    {
        var aliases = await client.Get<IReadOnlyList<ModelAlias>>($"/api/models/{model}/aliases", ct);
        if (aliases.FirstOrDefault(a => a.Alias == "champion") is not { } champion)
            throw new UsageException($"Model '{model}' has no champion yet. '{parsed.Hint("run data.csv", model)}' makes one.");
        return await client.Get<ModelSignature>($"/api/models/{model}/versions/{champion.Version}/files/signature.json", ct);
    }
}
