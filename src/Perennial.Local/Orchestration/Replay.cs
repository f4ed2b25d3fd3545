using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <summary>Runs an instance's code over its history, each action compared with the recorded one.</summary>
internal static class Replay
{
    /// <summary>The code as it stood after the last event.</summary>
    /// <exception cref="OrchestrationFault">The code of this build does not match the history.</exception>
    public static OrchestrationRun Of(Instance instance, OrchestrationCatalog catalog)
    {
        if (!catalog.Orchestrations.TryGetValue(instance.Name, out var entry))
        {
            throw OrchestrationFault.Unknown(instance.Id, "orchestration", instance.Name);
        }

        var run = new OrchestrationRun(entry, instance) { IsReplaying = true };
        var history = instance.History;
        for (var at = 0; at < history.Count;)
        {
            var stimulus = history[at++];
            if (stimulus.IsRemark)
            {
                continue;
            }

            if (stimulus.IsAction || run.End is not null || !run.Accepts(stimulus))
            {
                throw OrchestrationFault.Mismatch(instance.Id, instance.Name, at - 1, stimulus, run.End);
            }

            at = Compare(instance, run.Apply(stimulus), at);
        }

        run.CancelledTimers.Clear();
        run.IsReplaying = false;
        return run;
    }

    private static int Compare(Instance instance, IReadOnlyList<HistoryEvent> actions, int at)
    {
        var history = instance.History;
        foreach (var action in actions)
        {
            var recorded = at < history.Count ? history[at] : null;
            if (recorded is null || !recorded.IsSameActionAs(action))
            {
                throw OrchestrationFault.Mismatch(instance.Id, instance.Name, at, recorded, action);
            }

            at++;
        }

        return at;
    }
}
