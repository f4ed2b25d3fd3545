using System.Text.Json;
using DurableTask.Core.History;
using Perennial.Core.Ports;

namespace Perennial.Functions.Orchestration;

/// <summary>Durable Functions' histories as the port shows them.</summary>
internal static class DurableHistory
{
    public static IReadOnlyList<OrchestrationEvent> Read(IEnumerable<HistoryEvent> history)
    {
        var told = new List<OrchestrationEvent>();
        foreach (var happened in history)
            if (Kind(happened) is var (kind, name, data)) told.Add(new OrchestrationEvent(told.Count, new DateTimeOffset(DateTime.SpecifyKind(happened.Timestamp, DateTimeKind.Utc)), kind, name, Json(data)));
        return told;
    }

    private static (string Kind, string? Name, string? Data)? Kind(HistoryEvent happened) => happened switch
    {
        ExecutionStartedEvent started => ("started", null, started.Input),
        TaskScheduledEvent scheduled => ("activity-scheduled", scheduled.Name, scheduled.Input),
        TaskCompletedEvent completed => ("activity-completed", null, completed.Result),
        TaskFailedEvent failed => ("activity-failed", null, failed.FailureDetails?.ErrorMessage ?? failed.Reason),
        TimerCreatedEvent => ("timer-scheduled", null, null),
        TimerFiredEvent => ("timer-fired", null, null),
        EventRaisedEvent raised => ("event-received", raised.Name, raised.Input),
        SubOrchestrationInstanceCreatedEvent created => ("orchestration-scheduled", created.Name, created.Input),
        SubOrchestrationInstanceCompletedEvent completed => ("orchestration-completed", null, completed.Result),
        SubOrchestrationInstanceFailedEvent failed => ("orchestration-failed", null, failed.FailureDetails?.ErrorMessage ?? failed.Reason),
        ExecutionSuspendedEvent suspended => ("suspended", null, suspended.Reason),
        ExecutionResumedEvent resumed => ("resumed", null, resumed.Reason),
        ExecutionTerminatedEvent terminated => ("terminated", null, terminated.Input),
        ContinueAsNewEvent continued => ("continued-as-new", null, continued.Result),
        ExecutionCompletedEvent completed => (completed.OrchestrationStatus == DurableTask.Core.OrchestrationStatus.Failed ? "failed" : "completed", null, completed.Result),
        // Where a turn begins and ends is the engine's own business.
        _ => null,
    };

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
