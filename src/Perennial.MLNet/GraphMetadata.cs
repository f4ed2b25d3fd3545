using System.Text.Json;
using Perennial.Learning;
using Perennial.Learning.Frames;
using Perennial.Learning.Onnx;

namespace Perennial.MLNet;

/// <summary>What an exported graph says of itself beyond its nodes (docs/onnx.md).</summary>
/// <param name="Columns">The columns by input; null for a graph from elsewhere.</param>
/// <param name="Classes">The classes in the order of the scores; empty for a regression or where unknown.</param>
/// <param name="Task">The task; null for a graph from elsewhere.</param>
internal sealed record GraphMetadata(IReadOnlyDictionary<string, ColumnSchema>? Columns, IReadOnlyList<string> Classes, TaskKind? Task)
{
    /// <summary>Reads a model's properties.</summary>
    /// <exception cref="OnnxFormatException">A property of ours is not as the export writes it.</exception>
    public static GraphMetadata Read(IReadOnlyDictionary<string, string> properties)
    {
        var columns = properties.TryGetValue("perennial.columns", out var c) ? Parse("perennial.columns", c, root => root.EnumerateArray().ToDictionary(
            column => Text(column.GetProperty("input")),
            column => new ColumnSchema(Text(column.GetProperty("name")), Enum.Parse<ColumnType>(Text(column.GetProperty("type")))),
            StringComparer.Ordinal)) : null;
        var classes = properties.TryGetValue("perennial.classes", out var k) ? Parse("perennial.classes", k, root => root.EnumerateArray().Select(Text).ToArray()) : [];
        if (!properties.TryGetValue("perennial.task", out var name)) return new GraphMetadata(columns, classes, null);
        return Enum.TryParse<TaskKind>(name, out var task) && Enum.IsDefined(task) ? new GraphMetadata(columns, classes, task)
            : throw new OnnxFormatException($"The model's metadata 'perennial.task' is '{name}', which is no task.");
    }

    private static string Text(JsonElement element) => element.GetString() ?? throw new FormatException("null stands where a text is expected");

    private static T Parse<T>(string key, string json, Func<JsonElement, T> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException)
        {
            throw new OnnxFormatException($"The model's metadata '{key}' cannot be read: {exception.Message}", exception);
        }
    }
}
