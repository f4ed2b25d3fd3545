using System.Text.Json;
using DurableTask.Core.History;
using Perennial.Core.Ports;

namespace Perennial.Functions.Orchestration;

/// <summary>Durable Functions' histories as the port shows them.</summary>
internal static class DurableHistory
{
    /// <summary>What happened, without the wrapping that payloads travel in.</summary>
    public static IReadOnlyList<OrchestrationEvent> Read(IEnumerable<HistoryEvent> history)
    {
        var told = new List<OrchestrationEvent>();
        // What ends a call names it by its number only.
        var names = new Dictionary<int, string?>();
        foreach (var happened in history)
        {
            if (happened is TaskScheduledEvent task) names[task.EventId] = task.Name;
            if (happened is SubOrchestrationInstanceCreatedEvent child) names[child.EventId] = child.Name;
            if (Kind(happened, names) is var (kind, name, data))
                told.Add(new OrchestrationEvent(told.Count, new DateTimeOffset(DateTime.SpecifyKind(happened.Timestamp, DateTimeKind.Utc)), kind, name, data));
        }
        return told;
    }

    private static (string Kind, string? Name, JsonElement? Data)? Kind(HistoryEvent happened, Dictionary<int, string?> names) => happened switch
    {
        ExecutionStartedEvent started => ("started", null, Input<OrchestrationStart>(started.Input, start => start.Input)),
        TaskScheduledEvent scheduled => ("activity-scheduled", scheduled.Name, Input<ActivityCall>(scheduled.Input, call => call.Input)),
        TaskCompletedEvent completed => Ended(completed, names.GetValueOrDefault(completed.TaskScheduledId)),
        TaskFailedEvent failed => ("activity-failed", names.GetValueOrDefault(failed.TaskScheduledId), Json(failed.FailureDetails?.ErrorMessage ?? failed.Reason)),
        TimerCreatedEvent => ("timer-scheduled", null, null),
        TimerFiredEvent => ("timer-fired", null, null),
        EventRaisedEvent raised => ("event-received", raised.Name, Json(raised.Input)),
        SubOrchestrationInstanceCreatedEvent created => ("orchestration-scheduled", created.Name, Input<OrchestrationStart>(created.Input, start => start.Input)),
        SubOrchestrationInstanceCompletedEvent completed => ("orchestration-completed", names.GetValueOrDefault(completed.TaskScheduledId), Json(completed.Result)),
        SubOrchestrationInstanceFailedEvent failed =>
            ("orchestration-failed", names.GetValueOrDefault(failed.TaskScheduledId), Json(failed.FailureDetails?.ErrorMessage ?? failed.Reason)),
        ExecutionSuspendedEvent suspended => ("suspended", null, Json(suspended.Reason)),
        ExecutionResumedEvent resumed => ("resumed", null, Json(resumed.Reason)),
        ExecutionTerminatedEvent terminated => ("terminated", null, Json(terminated.Input)),
        ContinueAsNewEvent continued => ("continued-as-new", null, Json(continued.Result)),
        ExecutionCompletedEvent completed =>
            (completed.OrchestrationStatus == DurableTask.Core.OrchestrationStatus.Failed ? "failed" : "completed", null, Json(completed.Result)),
        // Where a turn begins and ends is the engine's own business.
        _ => null,
    };

    // To the engine an activity that failed has completed: failures are data.
    private static (string, string?, JsonElement?) Ended(TaskCompletedEvent completed, string? name) => Unwrapped<ActivityResult>(completed.Result) switch
    {
        { Failure: { } failure } => ("activity-failed", name, Wire.Json(failure)),
        { } result => ("activity-completed", name, result.Output),
        null => ("activity-completed", name, Json(completed.Result)),
    };

    private static JsonElement? Input<T>(string? text, Func<T, JsonElement> input)
        where T : class => Unwrapped<T>(text) is { } wrapping ? input(wrapping) : Json(text);

    /// <summary>What a payload was wrapped in; null where it is nothing of ours.</summary>
    private static T? Unwrapped<T>(string? text)
        where T : class
    {
        try
        {
            // Activities are called with text, which the engine writes as JSON once more.
            return Json(text) is not { } json ? null : json.ValueKind == JsonValueKind.String ? Wire.Read<T>(json.GetString()!) : Wire.Read<T>(json);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? Json(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        try
        {
            return JsonDocument.Parse(text).RootElement;
        }
        catch (JsonException)
        {
            return Wire.Json(text);
        }
    }
}
