using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <content>How instances begin and end.</content>
internal sealed partial class EngineCore
{
    private void Finish(Instance instance, HistoryEvent end, List<HistoryEvent> events)
    {
        // Children that nobody waits for are started all the same, at least once: their records come first, so that after a crash in between
        // the parent's last turn is run again and finds them under their ids. Where what brought that turn about was not durable either,
        // and never comes again, such a child goes on although no durable turn of its parent called it.
        foreach (var child in events.Where(e => e.Kind == EventKind.OrchestrationScheduled))
        {
            StartChild(instance, child);
        }

        if (end.Kind != EventKind.ContinuedAsNew)
        {
            End(instance, end.Kind == EventKind.Completed ? OrchestrationStatus.Completed : OrchestrationStatus.Failed, end.Data!);
            return;
        }

        TellEnd(instance);
        var carried = instance.Run!.Unconsumed.Concat(instance.Inbox.Where(stimulus => stimulus.Kind == EventKind.EventReceived)).ToList();
        var version = _catalog.Orchestrations[instance.Name].Version;
        Log(instance, EngineRecords.Generation(instance, version, instance.UpdatedAt, end.Data!, carried));
        _timers.RemoveAll(instance.Id);
        _pool.Cancel(instance);
        instance.BeginGeneration(version, instance.UpdatedAt, end.Data!, carried);
        MakeRunnable(instance);
    }

    private void End(Instance instance, OrchestrationStatus status, byte[] data)
    {
        TellEnd(instance);
        var isCompleted = status == OrchestrationStatus.Completed;
        // Before the child has ended, or it would be answered twice.
        var waiting = instance.Head.Parent is { } parent && IsAlive(parent) ? Living(parent.InstanceId) : null;
        var record = new EndedRecord(instance.Head, instance.Version, status, instance.UpdatedAt, instance.CustomStatus,
            isCompleted ? data : null, isCompleted ? null : data, instance.History);
        var ended = new EndedInstance(instance.Head, status, instance.UpdatedAt);
        _journal!.Add(EngineRecords.Ended(record), ended);
        _index.Put(ended);
        instance.HasEnded = true;
        instance.Run = null;
        instance.Leaving = null;
        LeaveMemory(instance);
        _timers.RemoveAll(instance.Id);
        _pool.Cancel(instance);
        if (waiting is not null)
        {
            Deliver(waiting, Answer(instance.Head.Parent!.Step, instance.Name, isCompleted, data));
        }
    }

    // Whether the generation that made a call goes on.
    private bool IsAlive(ParentLink link) => _index.Find(link.InstanceId) switch
    {
        Instance instance => instance.Serial == link.Serial && instance.Generation == link.Generation,
        UnloadedInstance unloaded => unloaded.Head.Serial == link.Serial && unloaded.Generation == link.Generation,
        _ => false,
    };

    private void StartChild(Instance parent, HistoryEvent action)
    {
        var link = new ParentLink(parent.Id, parent.Serial, parent.Generation, action.Step);
        var existing = _index.Find(action.Target!);
        if (existing is null)
        {
            Create(new InstanceHead(action.Target!, _index.NextSerial(), action.Name!, Now, link), action.Data!);
        }
        else if (existing.Head.Parent != link)
        {
            var taken = new Failure("instance-id-taken",
                $"Orchestration '{action.Name}' cannot be started as '{action.Target}': another instance has or had that id. Use an id of its own for each call.", Retryable: false);
            Deliver(parent, Answer(action.Step, action.Name!, isCompleted: false, PayloadJson.Write(taken)));
        }
        else if (existing is EndedInstance ended)
        {
            var record = ReadEnded(ended, ended.Position, keepsHistory: false);
            var isCompleted = record.Status == OrchestrationStatus.Completed;
            Deliver(parent, Answer(action.Step, action.Name!, isCompleted, isCompleted ? record.Output! : record.Failure!));
        }
    }

    private static HistoryEvent Answer(int step, string name, bool isCompleted, byte[] data) =>
        new(isCompleted ? EventKind.OrchestrationCompleted : EventKind.OrchestrationFailed) { Step = step, Name = name, Data = data };

    private void Create(InstanceHead head, byte[] input)
    {
        var instance = new Instance(head) { Generation = -1 };
        instance.BeginGeneration(_catalog.Orchestrations[head.Name].Version, head.CreatedAt, input, []);
        _index.Put(instance);
        Log(instance, EngineRecords.Created(instance, input));
        instance.WrittenBy = _compaction?.Number ?? 0;
        MakeRunnable(instance);
    }

    private void MarkFaulted(Instance instance, Failure fault, Failure? former)
    {
        instance.Fault = fault;
        instance.Run = null;
        _timers.RemoveAll(instance.Id);
        if (fault != former)
        {
            Log(instance, EngineRecords.Marked(instance));
        }

        LogInbox(instance);
    }

    private void RequireKnown(Instance instance, IEnumerable<HistoryEvent> actions)
    {
        foreach (var action in actions)
        {
            if (action.Kind == EventKind.ActivityScheduled && !_catalog.Activities.ContainsKey(action.Name!))
            {
                throw OrchestrationFault.Unknown(instance.Id, "activity", action.Name!);
            }

            if (action.Kind == EventKind.OrchestrationScheduled && !_catalog.Orchestrations.ContainsKey(action.Name!))
            {
                throw OrchestrationFault.Unknown(instance.Id, "orchestration", action.Name!);
            }
        }
    }
}
