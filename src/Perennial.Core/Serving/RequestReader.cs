using System.Text.Json;
using Perennial.Core.Outcomes;
using Perennial.Core.Registry;
using Perennial.Learning.Frames;

namespace Perennial.Core.Serving;

/// <summary>
/// Turns JSON rows into a frame as a signature wants it. A missing or unknown column, a null that is not allowed and a wrong type are faults
/// that name row and column; a category that the version never saw is not a fault. What stood for a missing value in the version's training
/// data does so here, as does the empty text: a row must mean the same wherever it comes from.
/// </summary>
public static class RequestReader
{
    private const int MaxFaults = 100;

    /// <summary>Reads rows, or says everything that is wrong with them (the first 100 faults).</summary>
    public static Outcome<Frame> Read(ModelSignature signature, IReadOnlyList<JsonElement> rows)
    {
        var faults = new List<Fault>();
        var known = signature.Inputs.Select(i => i.Name).Concat(signature.Ignored).Append(signature.Label).ToHashSet(StringComparer.Ordinal);
        for (var row = 0; row < rows.Count && faults.Count < MaxFaults; row++) CheckShape(rows[row], row, known, faults);
        if (faults.Count > 0) return Refusal(faults);
        var columns = new List<Column>(signature.Inputs.Count);
        var tokens = new HashSet<string>(signature.Missing ?? [], StringComparer.Ordinal) { "" };
        foreach (var input in signature.Inputs) columns.Add(ReadColumn(input, tokens, rows, faults));
        return faults.Count > 0 ? Refusal(faults) : new Frame(columns, rows.Count);
    }

    private static Problem Refusal(List<Fault> faults) =>
        Problem.Invalid("rows-do-not-fit", "The rows do not fit the version's signature. Nothing was predicted.", [.. faults.Take(MaxFaults)]);

    private static void CheckShape(JsonElement row, int index, HashSet<string> known, List<Fault> faults)
    {
        if (row.ValueKind != JsonValueKind.Object)
        {
            faults.Add(new Fault($"rows[{index}]", $"A row is a JSON object, not {NameOf(row.ValueKind)}."));
            return;
        }
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in row.EnumerateObject())
        {
            if (!seen.Add(property.Name)) faults.Add(At(index, property.Name, "The column appears twice in the row."));
            else if (!known.Contains(property.Name)) faults.Add(At(index, property.Name, "The signature has no such column. Leave it out, or correct its name."));
        }
    }

    private static Column ReadColumn(SignatureColumn input, HashSet<string> tokens, IReadOnlyList<JsonElement> rows, List<Fault> faults)
    {
        switch (input.Type)
        {
            case ColumnType.Numeric:
                return new NumericColumn(input.Name, Fill(input, tokens, rows, faults, double.NaN, Number));
            case ColumnType.Boolean:
                return new BooleanColumn(input.Name, Fill(input, tokens, rows, faults, BooleanColumn.Missing, Boolean));
            case ColumnType.Timestamp:
                return new TimestampColumn(input.Name, Fill(input, tokens, rows, faults, TimestampColumn.Missing, Instant));
            case ColumnType.Text:
                return new TextColumn(input.Name, Fill<string?>(input, tokens, rows, faults, null, Text));
            default:
                return CategoricalColumn.From(input.Name, Fill<string?>(input, tokens, rows, faults, null, Text));
        }
    }

    private delegate string? Parse<T>(JsonElement value, out T parsed);

    private static T[] Fill<T>(SignatureColumn input, HashSet<string> tokens, IReadOnlyList<JsonElement> rows, List<Fault> faults, T missing, Parse<T> parse)
    {
        var values = new T[rows.Count];
        for (var row = 0; row < values.Length; row++)
        {
            values[row] = missing;
            if (faults.Count >= MaxFaults) break;
            if (!rows[row].TryGetProperty(input.Name, out var value))
                faults.Add(At(row, input.Name, "The column is missing from the row. Give it, as null where the value is not known and the signature allows it."));
            else if (IsMissing(value, tokens))
            {
                // A text that is missing is an empty one, and that was learned from.
                if (!input.Nullable && input.Type != ColumnType.Text)
                    faults.Add(At(row, input.Name, $"The value is {Shown(value)}, which is missing, but the version was trained on data in which this column was never missing."));
            }
            else if (parse(value, out var parsed) is { } wrong) faults.Add(At(row, input.Name, wrong));
            else values[row] = parsed;
        }
        return values;
    }

    private static bool IsMissing(JsonElement value, HashSet<string> tokens) =>
        value.ValueKind == JsonValueKind.Null || value.ValueKind == JsonValueKind.String && tokens.Contains(value.GetString()!);

    private static string? Number(JsonElement value, out double parsed)
    {
        parsed = 0;
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out parsed) && double.IsFinite(parsed)
            ? null
            : $"A finite JSON number is wanted, not {Shown(value)}.";
    }

    private static string? Boolean(JsonElement value, out sbyte parsed)
    {
        parsed = value.ValueKind == JsonValueKind.True ? (sbyte)1 : (sbyte)0;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? null : $"true or false is wanted, not {Shown(value)}.";
    }

    private static string? Text(JsonElement value, out string? parsed)
    {
        parsed = value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        return parsed is null ? $"A JSON string is wanted, not {Shown(value)}." : null;
    }

    private static string? Instant(JsonElement value, out long ticks)
    {
        ticks = 0;
        // As the readers of files read it: a row that was trained on can be predicted as it stands.
        return value.ValueKind == JsonValueKind.String && Learning.Reading.Instant.TryParse(value.GetString()!, out ticks)
            ? null
            : $"A date or date and time such as 2026-01-31T12:00:00Z is wanted, not {Shown(value)}.";
    }

    private static string Shown(JsonElement value)
    {
        var raw = value.GetRawText();
        return raw.Length <= 60 ? raw : NameOf(value.ValueKind);
    }

    private static string NameOf(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        _ => "null",
    };

    private static Fault At(int row, string column, string message) => new($"rows[{row}].{column}", message);
}
