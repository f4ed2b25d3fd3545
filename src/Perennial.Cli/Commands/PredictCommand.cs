using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Perennial.Cli.Client;
using Perennial.Cli.Output;
using Perennial.Core;
using Perennial.Core.Registry;
using Perennial.Learning.Reading;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial predict</c>: rows from a file or standard input, predictions as JSON Lines on standard output.</summary>
public static class PredictCommand
{
    private const int BatchRows = 1000;
    private static readonly Argument<FileInfo?> Rows = new("rows") { Description = "CSV (.csv) or JSON Lines; standard input when absent (JSON Lines unless --csv)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<bool> Csv = new("--csv") { Description = "Standard input is CSV" };
    private static readonly Option<string?> IdColumn = new("--id") { Description = "The column whose value is the prediction's id, for its label later" };

    /// <summary>The command.</summary>
    public static Command Make() => new Command("predict", "Predict rows with the champion; one JSON object a line comes out, in order")
    {
        Rows, Csv, IdColumn, CommonOptions.Model,
    }.Calls(Run);

    private static async Task<int> Run(ParseResult parsed, PerennialClient client, Terminal terminal, CancellationToken ct)
    {
        var model = parsed.ModelName();
        var file = parsed.GetValue(Rows);
        if (file is { Exists: false }) throw new UsageException($"There is no file '{file.FullName}'.");
        await using var input = file?.OpenRead() ?? Console.OpenStandardInput();
        var csv = file is null ? parsed.GetValue(Csv) : file.Extension.Equals(".csv", StringComparison.OrdinalIgnoreCase);
        var rows = csv ? await CsvRows(client, model, input, file?.Name ?? "standard input", ct) : JsonRows(input);
        var first = 1;
        foreach (var batch in rows.Chunk(BatchRows))
        {
            var ids = parsed.GetValue(IdColumn) is { } id ? batch.Select((row, i) => IdOf(row, id, first + i)).ToArray() : null;
            var answer = await client.Post<PredictAnswer>($"/api/models/{model}/predict", new PredictBody(batch, ids), ct);
            foreach (var row in answer.Predictions) await Console.Out.WriteLineAsync(JsonSerializer.Serialize(row, CoreJson.Options).AsMemory(), ct);
            first += batch.Length;
        }
        return ExitCodes.Ok;
    }

    private static string IdOf(JsonObject row, string column, int number) =>
        row[column]?.ToString() ?? throw new UsageException($"Row {number} has no '{column}', which --id names.");

    private static IEnumerable<JsonObject> JsonRows(Stream input)
    {
        using var reader = new StreamReader(input);
        for (var line = 1; reader.ReadLine() is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            JsonNode? node;
            try
            {
                node = JsonNode.Parse(text);
            }
            catch (JsonException exception)
            {
                throw new UsageException($"Line {line} is not JSON: {exception.Message}");
            }
            yield return node as JsonObject ?? throw new UsageException($"Line {line} is not a JSON object.");
        }
    }

    // A CSV has no types of its own: the champion's signature says what each column is.
    private static async Task<IEnumerable<JsonObject>> CsvRows(PerennialClient client, string model, Stream input, string source, CancellationToken ct)
    {
        var aliases = await client.Get<IReadOnlyList<ModelAlias>>($"/api/models/{model}/aliases", ct);
        if (aliases.FirstOrDefault(a => a.Alias == "champion") is not { } champion)
            throw new UsageException($"Model '{model}' has no champion yet. 'perennial run data.csv' makes one.");
        var signature = await client.Get<ModelSignature>($"/api/models/{model}/versions/{champion.Version}/files/signature.json", ct);
        using var buffer = new MemoryStream();
        await input.CopyToAsync(buffer, ct);
        buffer.Position = 0;
        try
        {
            var types = signature.Inputs.ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
            var frame = CsvReader.Read(buffer, new ReadOptions { Source = source, Types = types }, ct).Frame;
            var names = frame.Columns.Select(c => c.Name).ToArray();
            return Enumerable.Range(0, frame.RowCount).Select(row => FrameRows.Of(frame, row, names));
        }
        catch (DataFormatException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
