using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <content>What clients ask for.</content>
internal sealed partial class EngineCore
{
    // Events of an instance that does not go on, e.g. because it is suspended, are kept in memory while it is loaded, and are carried over
    // in one record when its next generation begins.
    private const long InboxLimit = 8L << 20;

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
        if (Living(instanceId) is not { } instance)
        {
            return () => false;
        }

        var received = new HistoryEvent(EventKind.EventReceived) { Name = name, Data = payload };
        if (instance.Inbox.EventBytes + received.Bytes > InboxLimit)
        {
            var reason = FormattableString.Invariant($"{instance.Inbox.EventBytes:N0} bytes of events wait for orchestration instance '{instanceId}', which is {instance.Status}; at most {InboxLimit:N0} are kept. ")
                + "Nothing more is taken until it has gone on.";
            return () => throw new InboxFullException(reason);
        }

        Deliver(instance, received);
        return () => true;
    });

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
}
