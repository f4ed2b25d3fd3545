using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Perennial.Core.Pipelines.Spec;

namespace Perennial.Core.Tests.Spec;

public sealed class SpecSchemaTests
{
    [Fact]
    public void The_schema_is_the_approved_one() =>
        Assert.Equal(File.ReadAllText(Path.Combine(Repository.Root, "docs", "perennial.schema.json")).ReplaceLineEndings("\n"), SpecSchema.Json);

    [Fact]
    public void The_table_and_the_record_have_the_same_keys() => AssertSameKeys(SpecTable.Root(["linear"]), typeof(ModelSpec), "$");

    [Fact]
    public void Every_key_has_a_description_and_every_scalar_that_has_a_default_shows_it()
    {
        using var schema = JsonDocument.Parse(SpecSchema.Json);
        var train = schema.RootElement.GetProperty("properties").GetProperty("train").GetProperty("properties");

        Assert.Equal(12, train.GetProperty("trials").GetProperty("default").GetInt32());
        Assert.Equal("30d", schema.RootElement.GetProperty("properties").GetProperty("monitor").GetProperty("properties")
            .GetProperty("window").GetProperty("default").GetString());
        AssertDescribed(schema.RootElement, "$");
    }

    [Fact]
    public void The_sample_spec_is_valid_and_names_the_schema()
    {
        var folder = Path.Combine(Repository.Root, "samples", "bird-strikes");

        var spec = SpecReader.Read(File.ReadAllBytes(Path.Combine(folder, "perennial.json")), "perennial.json").Value;

        Assert.Equal("bird-strike", spec.Model);
        Assert.Equal(SpecSchema.Json, File.ReadAllText(Path.Combine(folder, spec.Schema!)).ReplaceLineEndings("\n"));
    }

    private static void AssertDescribed(JsonElement schema, string path)
    {
        if (!schema.TryGetProperty("properties", out var properties)) return;
        foreach (var property in properties.EnumerateObject())
        {
            Assert.True(property.Value.GetProperty("description").GetString()!.Length > 10, $"{path}.{property.Name} has no description.");
            AssertDescribed(property.Value, $"{path}.{property.Name}");
        }
    }

    private static void AssertSameKeys(ObjectValue table, Type record, string path)
    {
        var properties = record.GetProperties(BindingFlags.Public | BindingFlags.Instance).ToDictionary(property =>
            property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name));
        Assert.Equal(properties.Keys.Order(StringComparer.Ordinal), table.Keys.Select(key => key.Name).Order(StringComparer.Ordinal));
        foreach (var key in table.Keys)
        {
            var inner = key.Value is ListValue { Item: ObjectValue } ? properties[key.Name].PropertyType.GetGenericArguments()[0] : properties[key.Name].PropertyType;
            if ((key.Value as ObjectValue ?? (key.Value as ListValue)?.Item as ObjectValue) is { } section) AssertSameKeys(section, inner, $"{path}.{key.Name}");
        }
    }
}
