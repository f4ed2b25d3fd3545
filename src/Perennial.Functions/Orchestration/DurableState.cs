using System.Text.Json;
using Microsoft.DurableTask.Client;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Functions.Orchestration;

/// <summary>Durable Functions' instances as the port shows them.</summary>
internal static class DurableState
{
    /// <summary>The states of an instance that has ended.</summary>
    public static readonly IReadOnlyList<OrchestrationRuntimeStatus> Ended =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    /// <param name="metadata">Fetched with inputs and outputs.</param>
    public static OrchestrationState Of(OrchestrationMetadata metadata)
    {
        var status = StatusOf(metadata.RuntimeStatus);
        var start = Json(metadata.SerializedInput) is { ValueKind: JsonValueKind.Object } input ? OrchestrationStart.Read(input) : null;
        var output = Json(metadata.SerializedOutput);
        return new OrchestrationState(
            metadata.InstanceId, metadata.Name, start?.Version ?? 0, status, metadata.CreatedAt, metadata.LastUpdatedAt, Json(metadata.SerializedCustomStatus),
            status == OrchestrationStatus.Completed ? output : null,
            status switch
            {
                OrchestrationStatus.Failed when metadata.FailureDetails is { } details => OrchestrationFailureException.Read(details),
                OrchestrationStatus.Terminated => new Failure("terminated", Text(output) ?? "", Retryable: false),
                _ => null,
            },
            start?.ParentId);
    }

    public static IReadOnlyList<OrchestrationRuntimeStatus>? StatusesOf(OrchestrationStatus? status) => status switch
    {
        null => null,
        OrchestrationStatus.Running => [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Pending],
        OrchestrationStatus.Suspended => [OrchestrationRuntimeStatus.Suspended],
        OrchestrationStatus.Completed => [OrchestrationRuntimeStatus.Completed],
        OrchestrationStatus.Failed => [OrchestrationRuntimeStatus.Failed],
        OrchestrationStatus.Terminated => [OrchestrationRuntimeStatus.Terminated],
        // Durable Functions has no such state.
        _ => [],
    };

    private static OrchestrationStatus StatusOf(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Completed => OrchestrationStatus.Completed,
        OrchestrationRuntimeStatus.Failed => OrchestrationStatus.Failed,
        OrchestrationRuntimeStatus.Terminated => OrchestrationStatus.Terminated,
        OrchestrationRuntimeStatus.Suspended => OrchestrationStatus.Suspended,
        _ => OrchestrationStatus.Running,
    };

    private static JsonElement? Json(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        try
        {
            var json = JsonDocument.Parse(text).RootElement;
            return json.ValueKind == JsonValueKind.Null ? null : json;
        }
        catch (JsonException)
        {
            // A reason for a termination can be bare text.
            return Wire.Json(text);
        }
    }

    private static string? Text(JsonElement? json) => json is { ValueKind: JsonValueKind.String } text ? text.GetString() : json?.GetRawText();
}
