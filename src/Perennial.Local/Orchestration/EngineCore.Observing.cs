using System.Diagnostics;

namespace Perennial.Local.Orchestration;

/// <content>What others may see of how instances go on: traces, and whole histories for tests.</content>
internal sealed partial class EngineCore
{
    // The generation stands as it ended; its history has its last event.
    private void TellEnd(Instance instance)
    {
        _options.GenerationEnded?.Invoke(RecordedHistory.Of(instance));
        if (!OrchestrationTrace.IsHeard)
        {
            return;
        }

        var (head, trace) = (instance.Head, TraceOf(instance.Head));
        var own = OrchestrationTrace.Generation(trace, head.Id, head.Serial, instance.Generation);
        var parent = head.Parent is { } caller
            ? OrchestrationTrace.Generation(trace, caller.InstanceId, caller.Serial, caller.Generation)
            : new ActivityContext(trace, default, ActivityTraceFlags.Recorded, isRemote: true);
        var ended = new EndedGeneration(
            own, parent, head.Id, head.Name, instance.Generation, HistoryEvent.Label(instance.History[^1].Kind), instance.History[0].Time, instance.UpdatedAt);
        _effects.Add(failure =>
        {
            if (failure is null)
            {
                OrchestrationTrace.Ended(ended);
            }
        });
    }

    private Activity? AttemptSpan(Instance instance, string activity, int attempt) => OrchestrationTrace.IsHeard
        ? OrchestrationTrace.Attempt(OrchestrationTrace.Generation(TraceOf(instance.Head), instance.Id, instance.Serial, instance.Generation), activity, instance.Id, attempt)
        : null;

    // A caller that was purged meanwhile is where the way up ends; what is known of it is its id and serial.
    private ActivityTraceId TraceOf(InstanceHead head)
    {
        var (rootId, serial) = (head.Id, head.Serial);
        for (var link = head.Parent; link is not null;)
        {
            (rootId, serial) = (link.InstanceId, link.Serial);
            link = _index.Find(rootId) is { } caller && caller.Head.Serial == serial ? caller.Head.Parent : null;
        }

        return OrchestrationTrace.Trace(rootId, serial);
    }
}
