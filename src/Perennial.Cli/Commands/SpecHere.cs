using System.Text.Json;

namespace Perennial.Cli.Commands;

/// <summary>The spec of the folder that the command is called in.</summary>
internal static class SpecHere
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Whether there is one.</summary>
    public static bool Exists => File.Exists("perennial.json");

    /// <summary>The model that it names; null where there is no spec, or none that can be read.</summary>
    public static string? Model()
    {
        if (!Exists) return null;
        try
        {
            using var spec = JsonDocument.Parse(File.ReadAllBytes("perennial.json"), Lenient);
            return spec.RootElement.GetProperty("model").GetString();
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }
}
