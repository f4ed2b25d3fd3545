using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>Walks a spec's tokens beside the table and reports every difference with its place.</summary>
internal sealed class SpecWalk(byte[] text, ObjectValue table, SpecFaults faults)
{
    /// <summary>Walks the whole file. A syntax error ends the walk and is a fault like the others.</summary>
    public void Run()
    {
        var options = new JsonReaderOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = 16 };
        var reader = new Utf8JsonReader(text, options);
        try
        {
            reader.Read();
            Value(ref reader, table, "$");
            reader.Read();
        }
        catch (JsonException error)
        {
            var message = error.Message.Split(" LineNumber:", 2)[0].Trim();
            faults.Add(faults.Offset(error.LineNumber ?? 0, error.BytePositionInLine ?? 0), "$", $"this is not JSON: {message}");
        }
    }

    private void Value(ref Utf8JsonReader reader, SpecValue expected, string path)
    {
        faults.Place(path, reader.TokenStartIndex);
        if (reader.TokenType == JsonTokenType.Null)
        {
            if (!expected.Nullable) Refuse(ref reader, path, "null is not allowed here: leave the key out to get its default");
            return;
        }

        switch (expected)
        {
            case ObjectValue known when reader.TokenType == JsonTokenType.StartObject: Object(ref reader, known, path); break;
            case MapValue map when reader.TokenType == JsonTokenType.StartObject: Map(ref reader, map, path); break;
            case ListValue list when reader.TokenType == JsonTokenType.StartArray: List(ref reader, list, path); break;
            case FlagValue when reader.TokenType is JsonTokenType.True or JsonTokenType.False: break;
            case NumberValue number when reader.TokenType == JsonTokenType.Number: Number(ref reader, number, path); break;
            case IntegerValue integer when reader.TokenType == JsonTokenType.Number: Integer(ref reader, integer, path); break;
            case TextValue or ChoiceValue or DurationValue when reader.TokenType == JsonTokenType.String: String(ref reader, expected, path); break;
            default:
                Refuse(ref reader, path, $"must be {expected.Expected}, not {Kind(reader.TokenType)}");
                reader.Skip();
                break;
        }
    }

    private void Object(ref Utf8JsonReader reader, ObjectValue expected, string path)
    {
        var start = reader.TokenStartIndex;
        var seen = new Dictionary<string, long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (name, at) = (Name(ref reader, path, seen), reader.TokenStartIndex);
            reader.Read();
            if (name is not null && expected.Find(name) is { } key)
            {
                Value(ref reader, key.Value, SpecPath.Child(path, name));
                continue;
            }

            if (name is not null) faults.Add(at, path, $"unknown key '{name}'{Suggestion(name, expected)}");
            reader.Skip();
        }

        foreach (var key in expected.Keys.Where(key => key.Required && !seen.ContainsKey(key.Name)))
            faults.Add(start, path, $"the key '{key.Name}' is missing. {key.Doc}");
    }

    private void Map(ref Utf8JsonReader reader, MapValue expected, string path)
    {
        var seen = new Dictionary<string, long>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var (name, at) = (Name(ref reader, path, seen), reader.TokenStartIndex);
            reader.Read();
            if (name is not null && expected.Names is { } names && !names.Contains(name))
            {
                var nearest = NearestName.Clause(name, names);
                faults.Add(at, path, $"unknown {expected.KeyMeaning} '{name}'{(nearest.Length > 0 ? nearest : ": it must be one of " + string.Join(", ", names))}");
                reader.Skip();
            }
            else
            {
                Value(ref reader, expected.Item, SpecPath.Child(path, name ?? "?"));
            }
        }
    }

    private void List(ref Utf8JsonReader reader, ListValue expected, string path)
    {
        var (start, count) = (reader.TokenStartIndex, 0);
        var seen = new HashSet<string>();
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            var child = string.Create(CultureInfo.InvariantCulture, $"{path}[{count}]");
            var scalar = reader.TokenType is JsonTokenType.String or JsonTokenType.Number;
            var raw = scalar ? Raw(ref reader) : null;
            if (expected.Distinct && raw is not null && !seen.Add(raw)) Refuse(ref reader, child, $"{raw} is in the list already");
            Value(ref reader, expected.Item, child);
        }

        if (count < expected.MinCount || count > expected.MaxCount) faults.Add(start, path, $"must be {expected.Expected}, not of {count}");
    }

    private void Number(ref Utf8JsonReader reader, NumberValue expected, string path)
    {
        if (!reader.TryGetDouble(out var number) || !expected.Allows(number))
            Refuse(ref reader, path, $"{Raw(ref reader)} is out of range: it must be {expected.Expected}");
    }

    private void Integer(ref Utf8JsonReader reader, IntegerValue expected, string path)
    {
        var raw = Raw(ref reader);
        if (!decimal.TryParse(raw, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < expected.From || number > expected.To)
            Refuse(ref reader, path, $"must be {expected.Expected}, in plain digits, not {Short(raw)}");
    }

    private void String(ref Utf8JsonReader reader, SpecValue expected, string path)
    {
        if (Decode(ref reader, path) is not { } value) return;
        var valid = expected switch
        {
            ChoiceValue choice => choice.Names.Contains(value),
            DurationValue duration => Matches(value, Duration.Pattern) && Duration.TryParse(value, out var parsed) && parsed >= duration.From && !(parsed > duration.To),
            TextValue named => value.Length >= named.MinLength && value.Length <= named.MaxLength
                && (named.Pattern is null || Matches(value, named.Pattern)),
            _ => true,
        };
        if (valid) return;
        var nearest = expected is ChoiceValue choices ? NearestName.Clause(value, choices.Names) : "";
        Refuse(ref reader, path, nearest.Length > 0 ? $"unknown value '{value}'{nearest}" : $"must be {expected.Expected}, not '{Short(value)}'");
    }

    // In .NET a '$' also matches before a last line feed; in a JSON schema it does not.
    private static bool Matches(string value, string pattern) => Regex.IsMatch(value, pattern.Replace("$", "\\z", StringComparison.Ordinal));

    private string? Name(ref Utf8JsonReader reader, string path, Dictionary<string, long> seen)
    {
        if (Decode(ref reader, path) is not { } name) return null;
        if (seen.TryGetValue(name, out var first))
            Refuse(ref reader, SpecPath.Child(path, name), $"the key '{name}' was given on line {faults.Line(first)} already: keep one of the two");
        else seen.Add(name, reader.TokenStartIndex);
        return name;
    }

    // A lone half of a surrogate pair passes the tokenizer and fails only here.
    private string? Decode(ref Utf8JsonReader reader, string path)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            Refuse(ref reader, path, "the string holds an incomplete \\u escape (half a surrogate pair)");
            return null;
        }
    }

    private string Suggestion(string name, ObjectValue expected)
    {
        var near = NearestName.Clause(name, expected.Keys.Select(key => key.Name));
        if (near.Length > 0) return near;
        var elsewhere = table.Keys.FirstOrDefault(section => section.Value is ObjectValue known && known != expected && known.Find(name) is not null);
        if (elsewhere is not null) return $": did you mean '{elsewhere.Name}.{name}'?";
        if (expected != table && table.Find(name) is not null) return $": did you mean the key '{name}' at the top of the file?";
        return ": the keys here are " + string.Join(", ", expected.Keys.Select(key => key.Name));
    }

    private void Refuse(ref Utf8JsonReader reader, string path, string message) => faults.Add(reader.TokenStartIndex, path, message);

    private static string Raw(ref Utf8JsonReader reader)
    {
        var raw = System.Text.Encoding.UTF8.GetString(reader.ValueSpan);
        return reader.TokenType == JsonTokenType.String ? $"\"{raw}\"" : raw;
    }

    private static string Short(string value) => value.Length <= 60 ? value : value[..60] + "…";

    private static string Kind(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "a string",
        JsonTokenType.Number => "a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    };
}
