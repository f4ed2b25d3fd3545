using System.Text;

namespace Perennial.Local.Orchestration;

/// <summary>What happened to an instance. The numbers are part of the file format.</summary>
internal enum EventKind : byte
{
    Started = 1,
    ActivityScheduled = 2,
    ActivityCompleted = 3,
    ActivityRetried = 4,
    ActivityFailed = 5,
    TimerScheduled = 6,
    TimerFired = 7,
    EventAwaited = 8,
    EventReceived = 9,
    EventWaitExpired = 10,
    OrchestrationScheduled = 11,
    OrchestrationCompleted = 12,
    OrchestrationFailed = 13,
    Suspended = 14,
    Resumed = 15,
    Completed = 16,
    Failed = 17,
    ContinuedAsNew = 18,
    Terminated = 19,
}

/// <summary>One event of an instance's history: something the code did (an action) or something that came to it (a stimulus).</summary>
internal sealed record HistoryEvent(EventKind Kind)
{
    /// <summary>When it was recorded, UTC ticks.</summary>
    public long Time { get; init; }

    /// <summary>The action's number within its generation; a stimulus carries that of the action it answers; -1 where there is none.</summary>
    public int Step { get; init; } = -1;

    /// <summary>The activity's, orchestration's or event's name.</summary>
    public string? Name { get; init; }

    /// <summary>Input, output or failure as UTF-8 JSON.</summary>
    public byte[]? Data { get; init; }

    /// <summary>When a timer, a deadline or a next attempt is due, UTC ticks; 0 where there is none.</summary>
    public long Due { get; init; }

    /// <summary>The attempt that failed, from 1.</summary>
    public int Attempt { get; init; }

    /// <summary>The id of a sub-orchestration's instance.</summary>
    public string? Target { get; init; }

    /// <summary>An activity's retry policy as UTF-8 JSON.</summary>
    public byte[]? Retry { get; init; }

    /// <summary>About how many bytes it takes; not less than in a record.</summary>
    public int Bytes => 64 + (Data?.Length ?? 0) + Utf8(Name) + Utf8(Target) + (Retry?.Length ?? 0);

    /// <summary>Whether the code did it, so that a replay must do it again.</summary>
    public bool IsAction => Kind is EventKind.ActivityScheduled or EventKind.TimerScheduled or EventKind.EventAwaited
        or EventKind.OrchestrationScheduled or EventKind.Completed or EventKind.Failed or EventKind.ContinuedAsNew;

    /// <summary>Whether it is there for people only and says nothing to the code.</summary>
    public bool IsRemark => Kind is EventKind.Suspended or EventKind.Resumed or EventKind.Terminated;

    /// <summary>Whether a replayed action is the recorded one. Inputs may differ: a newer build may add optional fields.</summary>
    public bool IsSameActionAs(HistoryEvent other) => Kind == other.Kind
        && string.Equals(Name, other.Name, Kind == EventKind.EventAwaited ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
        && Target == other.Target;

    private static int Utf8(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);

    /// <summary>As a message names it.</summary>
    public string Describe() => (Name, Target) switch
    {
        (null, _) => Label(Kind),
        (_, null) => $"{Label(Kind)} '{Name}'",
        _ => $"{Label(Kind)} '{Name}' as '{Target}'",
    };

    /// <summary>The kind as histories show it.</summary>
    public static string Label(EventKind kind) => kind switch
    {
        EventKind.Started => "started",
        EventKind.ActivityScheduled => "activity-scheduled",
        EventKind.ActivityCompleted => "activity-completed",
        EventKind.ActivityRetried => "activity-retried",
        EventKind.ActivityFailed => "activity-failed",
        EventKind.TimerScheduled => "timer-scheduled",
        EventKind.TimerFired => "timer-fired",
        EventKind.EventAwaited => "event-awaited",
        EventKind.EventReceived => "event-received",
        EventKind.EventWaitExpired => "event-wait-expired",
        EventKind.OrchestrationScheduled => "orchestration-scheduled",
        EventKind.OrchestrationCompleted => "orchestration-completed",
        EventKind.OrchestrationFailed => "orchestration-failed",
        EventKind.Suspended => "suspended",
        EventKind.Resumed => "resumed",
        EventKind.Completed => "completed",
        EventKind.Failed => "failed",
        EventKind.ContinuedAsNew => "continued-as-new",
        EventKind.Terminated => "terminated",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of event."),
    };
}
