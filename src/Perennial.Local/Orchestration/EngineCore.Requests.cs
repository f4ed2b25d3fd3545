using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <content>What clients ask for.</content>
internal sealed partial class EngineCore
{
    public Task<bool> StartInstance(string name, string instanceId, byte[] input) => Ask<bool>(() =>
    {
        var isNew = _index.Find(instanceId) is null;
        if (isNew)
        {
            Create(new InstanceHead(instanceId, _index.NextSerial(), name, Now, Parent: null), input);
        }

        return () => isNew;
    });

    public Task<bool> Raise(string instanceId, string name, byte[] payload) => Ask<bool>(() =>
    {
        var instance = Living(instanceId);
        if (instance is not null)
        {
            Deliver(instance, new HistoryEvent(EventKind.EventReceived) { Name = name, Data = payload });
        }

        return () => instance is not null;
    });

    public Task<OrchestrationState?> Get(string instanceId) => Ask(() => State(_index.Find(instanceId)));

    public Task<bool> Terminate(string instanceId, string reason) => Ask<bool>(() =>
    {
        if (Living(instanceId) is not { } instance)
        {
            return () => false;
        }

        Remark(instance, EventKind.Terminated, reason);
        End(instance, OrchestrationStatus.Terminated, PayloadJson.Write(new Failure("terminated", reason, Retryable: false)));
        return () => true;
    });

    public Task<bool> Suspend(string instanceId, string reason) => Ask<bool>(() =>
    {
        if (Living(instanceId) is not { } instance)
        {
            return () => false;
        }

        if (!instance.IsSuspended)
        {
            instance.IsSuspended = true;
            LogRemark(instance, EventKind.Suspended, reason);
            LogInbox(instance);
        }

        return () => true;
    });

    public Task<bool> Resume(string instanceId, string reason) => Ask<bool>(() =>
    {
        if (_index.Find(instanceId)?.Status is null or OrchestrationStatus.Running || Living(instanceId) is not { IsSuspended: true } instance)
        {
            return () => false;
        }

        instance.IsSuspended = false;
        LogRemark(instance, EventKind.Resumed, reason);
        foreach (var step in instance.HeldAttempts)
        {
            if (instance.Run is not null && instance.Run.Pending.TryGetValue(step, out var pending))
            {
                StartAttempt(instance, step, pending);
            }
        }

        instance.HeldAttempts.Clear();
        if (instance.Inbox.Count > 0)
        {
            MakeRunnable(instance);
        }

        return () => true;
    });

    public Task<IReadOnlyList<OrchestrationEvent>> History(string instanceId) => Ask<IReadOnlyList<OrchestrationEvent>>(() =>
    {
        switch (_index.Find(instanceId))
        {
            case Instance instance:
                var events = Shown(instance.History);
                return () => events;
            case UnloadedInstance unloaded:
                return () => Shown(ReadUnloaded(unloaded).History);
            case EndedInstance ended:
                return () => Shown(ReadEnded(ended).History);
            default:
                return () => [];
        }
    });

    /// <summary>What came for an instance and its code has not seen yet.</summary>
    public Task<IReadOnlyList<OrchestrationEvent>> Waiting(string instanceId) => Ask<IReadOnlyList<OrchestrationEvent>>(() =>
    {
        switch (_index.Find(instanceId))
        {
            case Instance instance:
                var waiting = Shown([.. instance.Inbox]);
                return () => waiting;
            case UnloadedInstance unloaded:
                return () => Shown([.. ReadUnloaded(unloaded).Inbox]);
            default:
                return () => [];
        }
    });

    // Of a loaded instance as it stands now; of any other from its record, which is durable when the answer is made.
    private Func<OrchestrationState?> State(IndexEntry? entry)
    {
        switch (entry)
        {
            case Instance instance:
                var state = instance.State();
                return () => state;
            case UnloadedInstance unloaded:
                return () => ReadUnloadedState(unloaded);
            case EndedInstance ended:
                return () => ReadEnded(ended).State();
            default:
                return () => null;
        }
    }

    private void LogRemark(Instance instance, EventKind kind, string reason)
    {
        var remark = Remark(instance, kind, reason);
        Log(instance, EngineRecords.Turn(instance, 0, [remark]));
        Log(instance, EngineRecords.Marked(instance));
    }

    private HistoryEvent Remark(Instance instance, EventKind kind, string reason)
    {
        instance.UpdatedAt = Math.Max(Now, instance.UpdatedAt);
        var remark = new HistoryEvent(kind) { Time = instance.UpdatedAt, Data = PayloadJson.Write(reason) };
        instance.Record([remark]);
        return remark;
    }

    private static OrchestrationEvent[] Shown(IReadOnlyList<HistoryEvent> history) => [.. history.Select((e, at) => new OrchestrationEvent(
        at, Instance.Instant(e.Time), HistoryEvent.Label(e.Kind), e.Name,
        e.Data is not null ? PayloadJson.Element(e.Data) : e.Due > 0 ? PayloadJson.Element(PayloadJson.Write(Instance.Instant(e.Due))) : null))];
}
