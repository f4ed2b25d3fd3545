using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Learning.Reading;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial predict</c>: rows from a file or standard input, predictions as JSON Lines on standard output.</summary>
public static class PredictCommand
{
    private const int BatchRows = 1000;
    private const int ExplainedBatchRows = 100;
    private static readonly Argument<FileInfo?> Rows = new("rows") { Description = "JSON Lines (.jsonl, .ndjson, .json), Parquet (.parquet) or else CSV, gzip or not (.gz); standard input when absent (JSON Lines unless --csv)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Csv = new("--csv") { Description = "Standard input is CSV" };
    private static readonly Option<string?> IdColumn = new("--id") { Description = "The column whose value is the prediction's id, for its label later" };

    private static readonly Option<int?> Explain = new("--explain") { Description = "Name so many columns with what each added to the answer", HelpName = "columns" };

    /// <summary>The command.</summary>
    public static Command Make() => new Command("predict", "Predict rows with the champion; one JSON object a line comes out, in order")
    {
        Rows, Csv, IdColumn, Explain, CommonOptions.Model,
    }.Calls(Run);

    private static async Task<int> Run(ParseResult parsed, PerennialClient client, Terminal terminal, CancellationToken ct)
    {
        var model = parsed.ModelName();
        var file = parsed.GetValue(Rows);
        if (file is { Exists: false }) throw new UsageException($"There is no file '{file.FullName}'.");
        await using var input = file is null ? Console.OpenStandardInput() : file.OpenRead();
        var format = file is not null ? RowFile.Format(file) : parsed.GetValue(Csv) ? DataFormat.Csv : DataFormat.Jsonl;
        var id = parsed.GetValue(IdColumn);
        var signature = format != DataFormat.Jsonl || id is not null ? await Signature(client, model, ct) : null;
        var rows = format == DataFormat.Jsonl
            ? JsonRows(new ExpandedStream(input, new ReadOptions { Source = file?.Name ?? "standard input" }), fromFile: file is not null)
            : await TypedRows(client, model, signature!, format, input, file?.Name ?? "standard input", ct);
        var first = 1;
        var warned = false;
        var explain = parsed.GetValue(Explain);
        foreach (var batch in rows.Chunk(explain is null ? BatchRows : ExplainedBatchRows))
        {
            var ids = id is null ? null : batch.Select((row, i) => IdOf(row, id, signature!, first + i)).ToArray();
            var answer = await Predict(client, model, new PredictBody(batch, ids, explain), first, ct);
            if (answer.Warning is { } warning && !warned) terminal.Error("not-logged", warning);
            warned |= answer.Warning is not null;
            foreach (var row in answer.Predictions)
                await Console.Out.WriteLineAsync(JsonSerializer.Serialize(row, CoreJson.Options).AsMemory(), ct);
            first += batch.Length;
        }
        return ExitCodes.Ok;
    }

    private static async Task<PredictAnswer> Predict(PerennialClient client, string model, PredictBody body, int first, CancellationToken ct)
    {
        try
        {
            return await client.Post<PredictAnswer>($"/api/models/{model}/predict", body, ct);
        }
        catch (ApiProblemException exception) when (exception.Problem.Faults is { Count: > 0 } faults)
        {
            // The host counts the rows of one request from 0, the caller those of the input from 1.
            var named = faults.Select(f => f with { Where = WhereInInput(f.Where, first) }).ToArray();
            var earlier = first == 1 ? "" : $" The {first - 1} rows before these were predicted and are above.";
            throw new ApiProblemException(exception.Problem with { Detail = exception.Problem.Detail + earlier, Faults = named });
        }
    }

    private static string WhereInInput(string where, int first)
    {
        if (!where.StartsWith("rows[", StringComparison.Ordinal) || where.IndexOf(']', StringComparison.Ordinal) is not (> 5 and var end)) return where;
        if (!int.TryParse(where.AsSpan(5, end - 5), out var index)) return where;
        return $"row {first + index}{(end + 2 < where.Length ? $", column '{where[(end + 2)..]}'" : "")}";
    }

    // An id that is no feature names the row and is not sent as one.
    private static string IdOf(JsonObject row, string column, ModelSignature signature, int number)
    {
        var id = row[column]?.ToString() ?? throw new UsageException($"Row {number} has no '{column}', which --id names.");
        if (signature.Inputs.All(input => input.Name != column)) row.Remove(column);
        return id;
    }

    private static IEnumerable<JsonObject> JsonRows(Stream input, bool fromFile)
    {
        using var reader = new StreamReader(input);
        for (var line = 1; NextLine(reader) is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            JsonNode? node;
            try
            {
                node = JsonNode.Parse(text);
            }
            catch (JsonException exception)
            {
                var hint = line == 1 && !fromFile ? " Standard input is read as JSON Lines; for CSV give --csv." : "";
                throw new UsageException($"Line {line} is not JSON: {What(exception)}{hint}");
            }
            yield return node as JsonObject ?? throw new UsageException($"Line {line} is not a JSON object.");
        }
    }

    private static string? NextLine(StreamReader reader)
    {
        try
        {
            return reader.ReadLine();
        }
        catch (DataFormatException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    // Where in the line it is follows in words of its own, counted from 0.
    private static string What(JsonException exception) =>
        exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal) is >= 0 and var end ? exception.Message[..end] : exception.Message;

    // A CSV has no types of its own, and Parquet may have others: the champion's signature says what each column is.
    private static async Task<IEnumerable<JsonObject>> TypedRows(
        PerennialClient client, string model, ModelSignature signature, DataFormat format, Stream input, string source, CancellationToken ct)
    {
        var spec = SpecReader.Read(await client.GetBytes($"/api/models/{model}/spec", ct), "perennial.json");
        if (!spec.Succeeded) throw ApiProblemException.Of(spec.Problem);
        using var buffer = new MemoryStream();
        await input.CopyToAsync(buffer, ct);
        buffer.Position = 0;
        try
        {
            var options = new ReadOptions
            {
                Source = source,
                Delimiter = spec.Value.Data.Delimiter[0],
                MissingTokens = new HashSet<string>([.. spec.Value.Data.Missing, ""], StringComparer.Ordinal),
            };
            var given = RowFormats.Read(format, buffer, options, ct).Frame.Columns.Select(c => c.Name).ToArray();
            buffer.Position = 0;
            var types = signature.Inputs.Where(c => given.Contains(c.Name)).ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
            var frame = RowFormats.Read(format, buffer, options with { Types = types }, ct).Frame;
            return Enumerable.Range(0, frame.RowCount).Select(row => FrameRows.Of(frame, row, given));
        }
        catch (DataFormatException exception)
        {
            throw new UsageException(exception.Message);
        }
    }

    private static async Task<ModelSignature> Signature(PerennialClient client, string model, CancellationToken ct)
    {
        var aliases = await client.Get<IReadOnlyList<ModelAlias>>($"/api/models/{model}/aliases", ct);
        if (aliases.FirstOrDefault(a => a.Alias == "champion") is not { } champion)
            throw new UsageException($"Model '{model}' has no champion yet. 'perennial run data.csv' makes one.");
        return await client.Get<ModelSignature>($"/api/models/{model}/versions/{champion.Version}/files/signature.json", ct);
    }
}
