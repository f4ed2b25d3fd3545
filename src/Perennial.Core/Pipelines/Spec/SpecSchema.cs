using System.Text;
using System.Text.Json;

namespace Perennial.Core.Pipelines.Spec;

/// <summary>The JSON schema (draft 2020-12) that editors complete <c>perennial.json</c> from. Made from the table that <see cref="SpecReader"/> checks against.</summary>
public static class SpecSchema
{
    /// <summary>The schema with the trainers of all hosts, indented, ending with a line feed.</summary>
    public static string Json { get; } = Write(SpecTable.KnownCandidates);

    /// <summary>The schema with these trainers.</summary>
    public static string Write(IReadOnlyList<string> candidates)
    {
        using var stream = new MemoryStream();
        var options = new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = CoreJson.Options.Encoder };
        using (var json = new Utf8JsonWriter(stream, options))
        {
            var defaults = JsonSerializer.SerializeToElement(new ModelSpec { Model = "", Label = "" }, CoreJson.Options);
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", "perennial.json");
            json.WriteString("description", "One file a model. Every key but model and label may be left out.");
            Body(json, SpecTable.Root(candidates), defaults);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }

    private static void Body(Utf8JsonWriter json, SpecValue value, JsonElement? standard)
    {
        switch (value)
        {
            case ObjectValue known: Object(json, known, standard); break;
            case MapValue map: Map(json, map); break;
            case ListValue list: List(json, list); break;
            case FlagValue: Type(json, value, "boolean"); break;
            case NumberValue number: Number(json, number); break;
            case IntegerValue integer:
                Type(json, value, "integer");
                json.WriteNumber("minimum", integer.From);
                json.WriteNumber("maximum", integer.To);
                break;
            case ChoiceValue choice: Choice(json, choice); break;
            case DurationValue:
                Type(json, value, "string");
                json.WriteString("pattern", Duration.Pattern);
                break;
            case TextValue text: Text(json, text); break;
            default: throw new InvalidOperationException($"No schema is known for {value.GetType().Name}.");
        }

        // An object's default is that of its keys.
        if (standard is { } given && value is not ObjectValue)
        {
            json.WritePropertyName("default");
            given.WriteTo(json);
        }
    }

    private static void Object(Utf8JsonWriter json, ObjectValue value, JsonElement? standard)
    {
        Type(json, value, "object");
        json.WriteBoolean("additionalProperties", false);
        var required = value.Keys.Where(key => key.Required).Select(key => key.Name).ToList();
        if (required.Count > 0) Strings(json, "required", required);
        json.WriteStartObject("properties");
        foreach (var key in value.Keys)
        {
            json.WriteStartObject(key.Name);
            json.WriteString("description", key.Doc);
            var known = !key.Required && standard is { } given && given.TryGetProperty(key.Name, out var found) ? found : (JsonElement?)null;
            Body(json, key.Value, known);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Map(Utf8JsonWriter json, MapValue value)
    {
        Type(json, value, "object");
        if (value.Names is { } names)
        {
            json.WriteStartObject("propertyNames");
            Strings(json, "enum", names);
            json.WriteEndObject();
        }

        json.WriteStartObject("additionalProperties");
        Body(json, value.Item, null);
        json.WriteEndObject();
    }

    private static void List(Utf8JsonWriter json, ListValue value)
    {
        Type(json, value, "array");
        json.WriteNumber("minItems", value.MinCount);
        json.WriteNumber("maxItems", value.MaxCount);
        json.WriteBoolean("uniqueItems", value.Distinct);
        json.WriteStartObject("items");
        Body(json, value.Item, null);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, NumberValue value)
    {
        Type(json, value, "number");
        foreach (var (name, bound) in new[]
                 {
                     ("minimum", value.From), ("maximum", value.To), ("exclusiveMinimum", value.Above), ("exclusiveMaximum", value.Below),
                 })
            if (bound is { } number) json.WriteNumber(name, number);
    }

    private static void Choice(Utf8JsonWriter json, ChoiceValue value)
    {
        json.WriteStartArray("enum");
        foreach (var name in value.Names) json.WriteStringValue(name);
        if (value.Nullable) json.WriteNullValue();
        json.WriteEndArray();
    }

    private static void Text(Utf8JsonWriter json, TextValue value)
    {
        Type(json, value, "string");
        json.WriteNumber("minLength", value.MinLength);
        json.WriteNumber("maxLength", value.MaxLength);
        if (value.Pattern is { } pattern) json.WriteString("pattern", pattern);
    }

    private static void Type(Utf8JsonWriter json, SpecValue value, string name)
    {
        if (value.Nullable) Strings(json, "type", [name, "null"]);
        else json.WriteString("type", name);
    }

    private static void Strings(Utf8JsonWriter json, string name, IReadOnlyList<string> values)
    {
        json.WriteStartArray(name);
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
