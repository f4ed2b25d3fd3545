using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <content>How the engine goes on from its log.</content>
internal sealed partial class EngineCore
{
    // Goes on with all that is not ended, after the log was read. What was unloaded stays so, unless something came for it, or its code
    // may have been fixed since.
    private void Resume(JournalReplay replay)
    {
        var goesOn = new List<IndexEntry>();
        var sleeps = new List<UnloadedInstance>();
        foreach (var entry in _index.All)
        {
            if (entry is UnloadedInstance { Status: not OrchestrationStatus.Faulted } unloaded && !replay.Woken.ContainsKey(unloaded))
            {
                sleeps.Add(unloaded);
            }
            else if (entry is not EndedInstance)
            {
                goesOn.Add(entry);
            }
        }

        sleeps.ForEach(Sleep);
        foreach (var entry in goesOn.OrderBy(entry => entry.Id, StringComparer.Ordinal))
        {
            var instance = entry as Instance ?? Load((UnloadedInstance)entry, replay.Woken.GetValueOrDefault((UnloadedInstance)entry, []));
            if (instance.Run is null)
            {
                Touch(instance);
                Recover(instance);
            }
        }
    }

    private void Recover(Instance instance)
    {
        var former = instance.Fault;
        instance.Fault = null;
        try
        {
            instance.Run = Replay.Of(instance, _catalog);
            RequireKnown(instance, instance.Run.Pending.Values.Select(pending => pending.Scheduled));
        }
        catch (OrchestrationFault fault)
        {
            MarkFaulted(instance, fault.Failure, former);
            return;
        }

        if (former is not null)
        {
            Log(instance, EngineRecords.Marked(instance));
        }

        var answered = instance.Inbox.Where(stimulus => stimulus.Step >= 0).Select(stimulus => stimulus.Step).ToHashSet();
        foreach (var (step, pending) in instance.Run.Pending.Where(pair => !answered.Contains(pair.Key)))
        {
            Expect(instance, step, pending);
        }

        if (instance.Inbox.Count > 0)
        {
            MakeRunnable(instance);
        }
    }
}
