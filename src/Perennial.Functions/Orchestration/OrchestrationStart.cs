using System.Text.Json;
using Perennial.Core;
using Perennial.Core.Orchestration;

namespace Perennial.Functions.Orchestration;

/// <summary>
/// What an instance's generation is started with. The version of the code and the parent travel in the input, so that both are known
/// wherever the input is, whatever the extension's version.
/// </summary>
/// <param name="Version">The version of the orchestration's code that the generation begins with.</param>
/// <param name="Input">The orchestration's own input.</param>
/// <param name="ParentId">The instance that called it.</param>
internal sealed record OrchestrationStart(int Version, JsonElement Input, string? ParentId = null)
{
    /// <summary>As it is handed to the engine.</summary>
    public JsonElement ToJson() => Wire.Json(this);

    /// <exception cref="JsonException">It is something else.</exception>
    public static OrchestrationStart Read(JsonElement json) => Wire.Read<OrchestrationStart>(json);
}

/// <summary>What an activity is called with.</summary>
/// <param name="InstanceId">Who calls.</param>
/// <param name="Attempt">From 1: the orchestration counts, not the engine.</param>
/// <param name="Input">The activity's own input.</param>
internal sealed record ActivityCall(string InstanceId, int Attempt, JsonElement Input);

/// <summary>What an activity gives: its failures are data, so that they arrive whole.</summary>
/// <param name="Output">Its output.</param>
/// <param name="Failure">Why it failed; then there is no output.</param>
internal sealed record ActivityResult(JsonElement? Output, Failure? Failure = null);

/// <summary>JSON as it passes between orchestrations, activities and clients.</summary>
internal static class Wire
{
    public static JsonElement Json<T>(T value) => JsonSerializer.SerializeToElement(value, CoreJson.Options);

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, CoreJson.Options);

    public static int Size(JsonElement json) => System.Text.Encoding.UTF8.GetByteCount(json.GetRawText());

    /// <summary>
    /// A failure as it may travel: like every payload it is bounded, since what is larger than the engine's messages would never arrive, and its
    /// activity would seem to run for ever.
    /// </summary>
    public static Failure Bounded(Failure failure)
    {
        if (Size(Json(failure)) <= PayloadLimit.MaxBytes / 2) return failure;
        // A quarter of the bytes: JSON writes a character as six at most.
        var room = PayloadLimit.MaxBytes / 16;
        return failure with { Message = failure.Message.Length <= room ? failure.Message : $"{failure.Message[..room]}… (cut)", Inner = null };
    }

    /// <exception cref="JsonException">It is something else.</exception>
    public static T Read<T>(JsonElement json) => json.Deserialize<T>(CoreJson.Options) ?? throw new JsonException($"A null where a {typeof(T).Name} is needed.");

    /// <exception cref="JsonException">It is something else.</exception>
    public static T Read<T>(string text) => JsonSerializer.Deserialize<T>(text, CoreJson.Options) ?? throw new JsonException($"A null where a {typeof(T).Name} is needed.");
}
