using System.Text.Json;
using System.Text.Json.Nodes;
using Perennial.Cli.Commands;
using Perennial.Core.Data;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Learning.Frames;
using Perennial.Learning.Reading;

namespace Perennial.Cli.Client;

/// <summary>A row to predict and where it stands.</summary>
/// <param name="Place">File and line, or file and row where the format has no lines, as messages name it.</param>
/// <param name="Values">Its columns.</param>
public sealed record InputRow(string Place, JsonObject Values);

/// <summary>Reads rows to predict as the model's spec says that rows are read; what cannot be read is named by file, line and column, as it is in training.</summary>
/// <param name="source">The file's name, or what else the input is called.</param>
/// <param name="spec">The model's spec: delimiter, tokens for missing.</param>
/// <param name="signature">What the champion takes: a CSV has no types of its own, and Parquet may have others; it may be null for JSON Lines.</param>
/// <param name="id">The column that holds ids; null where none does.</param>
public sealed class InputRows(string source, ModelSpec spec, ModelSignature? signature, string? id)
{
    /// <summary>The rows, in order.</summary>
    /// <exception cref="UsageException">They cannot be read; the message says where and why.</exception>
    public IEnumerable<InputRow> Read(DataFormat format, Stream input, bool fromFile, CancellationToken ct) =>
        format == DataFormat.Jsonl ? Lines(input, fromFile) : Typed(format, input, ct);

    private IEnumerable<InputRow> Lines(Stream input, bool fromFile)
    {
        using var reader = new StreamReader(new ExpandedStream(input, new ReadOptions { Source = source }));
        for (var line = 1; NextLine(reader) is { } text; line++)
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            var place = $"{source}, line {line:N0}";
            JsonNode? node;
            try
            {
                node = JsonNode.Parse(text);
            }
            catch (JsonException exception)
            {
                var hint = line == 1 && !fromFile ? " Standard input is read as JSON Lines; for CSV give --csv." : "";
                throw new UsageException($"{place} is not JSON: {What(exception)}{hint}");
            }
            yield return new InputRow(place, node as JsonObject ?? throw new UsageException($"{place} is not a JSON object."));
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

    private IEnumerable<InputRow> Typed(DataFormat format, Stream input, CancellationToken ct)
    {
        using var buffer = new MemoryStream();
        input.CopyTo(buffer);
        buffer.Position = 0;
        try
        {
            var options = new ReadOptions
            {
                Source = source,
                Delimiter = spec.Data.Delimiter[0],
                MissingTokens = new HashSet<string>([.. spec.Data.Missing, ""], StringComparer.Ordinal),
            };
            var given = RowFormats.Read(format, buffer, options, ct).Frame.Columns.Select(c => c.Name).ToArray();
            buffer.Position = 0;
            var types = signature!.Inputs.Where(c => given.Contains(c.Name)).ToDictionary(c => c.Name, c => c.Type, StringComparer.Ordinal);
            // An id is a name, whatever the file has it as: 007 is not 7, and a number of nineteen digits is more than a float holds.
            if (id is not null && given.Contains(id)) types.TryAdd(id, ColumnType.Text);
            var frame = RowFormats.Read(format, buffer, options with { Types = types }, ct).Frame;
            return Enumerable.Range(0, frame.RowCount).Select(row => new InputRow($"{source}, row {row + 1:N0}", FrameRows.Of(frame, row, given)));
        }
        catch (DataFormatException exception)
        {
            throw new UsageException(exception.Message);
        }
    }
}
