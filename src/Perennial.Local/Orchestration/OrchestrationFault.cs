using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <summary>The code cannot go on with this instance; a fixed build can. The instance is left as it stood before the event.</summary>
internal sealed class OrchestrationFault(string code, string message) : Exception(message)
{
    public Failure Failure => new(code, Message, Retryable: false);

    public static OrchestrationFault Mismatch(string instanceId, string name, int eventNumber, HistoryEvent? expected, HistoryEvent? actual) => new(
        "orchestration-not-deterministic",
        $"Instance '{instanceId}': at event {eventNumber} its history has {expected?.Describe() ?? "nothing more"}, but today's code of '{name}' gives "
        + $"{actual?.Describe() ?? "nothing more"}. The instance is stopped as it stood; a build whose code matches the history continues it.");

    public static OrchestrationFault NotDurable(string instanceId, string name, string what) => new(
        "orchestration-not-durable",
        $"Instance '{instanceId}': the code of '{name}' {what}. Only tasks of the orchestration's context may be awaited, without ConfigureAwait(false).");

    public static OrchestrationFault Unknown(string instanceId, string kind, string name) => new(
        "orchestration-code-missing",
        $"Instance '{instanceId}' needs the {kind} '{name}', which this build does not have. The instance is stopped as it stood; a build that has it continues it.");

    public static OrchestrationFault TooLong(string instanceId, string name, long bytes, long limit) => new(
        "orchestration-history-too-long",
        FormattableString.Invariant($"Instance '{instanceId}': with its next turn the history of this generation of '{name}' would have {bytes:N0} bytes; at most {limit:N0} are kept. ")
        + "Let the code pass hashes instead of contents, call fewer activities at once or continue as new from time to time, or terminate the instance.");

    public static OrchestrationFault Unreadable(string instanceId, HistoryEvent stimulus, Exception exception) => new(
        "orchestration-payload-unreadable",
        $"Instance '{instanceId}': today's code cannot read the payload of {stimulus.Describe()}: {exception.Message}");
}
