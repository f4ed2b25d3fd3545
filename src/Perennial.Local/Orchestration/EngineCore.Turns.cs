using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <content>How instances go on.</content>
internal sealed partial class EngineCore
{
    // The record of an instance that ends holds its whole history, and a record of the log has a greatest length.
    private const long HistoryLimit = 40L << 20;

    private long Now => _clock.GetUtcNow().UtcTicks;

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
            _journal!.Add(EngineRecords.Marked(instance));
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

    // Sets going what a pending action stands for.
    private void Expect(Instance instance, int step, PendingStep pending)
    {
        var action = pending.Scheduled;
        switch (action.Kind)
        {
            case EventKind.ActivityScheduled when pending.RetryDue > 0:
                _timers.Add(instance, step, pending.RetryDue);
                break;
            case EventKind.ActivityScheduled:
                StartAttempt(instance, step, pending);
                break;
            case EventKind.OrchestrationScheduled:
                StartChild(instance, action);
                break;
            case EventKind.TimerScheduled or EventKind.EventAwaited when action.Due > 0:
                _timers.Add(instance, step, action.Due);
                break;
        }
    }

    private void StartAttempt(Instance instance, int step, PendingStep pending)
    {
        var action = pending.Scheduled;
        var attempt = new ActivityAttempt(instance, instance.Generation, step, action.Name!, action.Data!, action.Retry, pending.Attempt);
        _effects.Add(failure =>
        {
            if (failure is null)
            {
                _pool.Add(attempt);
            }
        });
    }

    private void AttemptEnded(ActivityAttempt attempt, byte[]? output, Failure? failure)
    {
        _pool.Release(attempt);
        var instance = attempt.Instance;
        if (_discardsAttempts || instance.HasEnded || instance.Generation != attempt.Generation)
        {
            return;
        }

        var stimulus = new HistoryEvent(EventKind.ActivityCompleted) { Step = attempt.Step, Name = attempt.Name, Data = output };
        if (failure is not null)
        {
            var policy = attempt.Retry is null ? null : PayloadJson.Read<RetryPolicy>(attempt.Retry);
            var again = failure.Retryable && policy is not null && attempt.Attempt < policy.MaxAttempts;
            stimulus = stimulus with
            {
                Kind = again ? EventKind.ActivityRetried : EventKind.ActivityFailed,
                Data = PayloadJson.Write(failure),
                Attempt = attempt.Attempt,
                Due = again ? Now + policy!.DelayAfter(attempt.Attempt).Ticks : 0,
            };
        }

        Deliver(instance, stimulus);
    }

    private void FireDueTimers()
    {
        while (_timers.TakeDue(Now) is { } timer)
        {
            if (timer.Instance.Run?.Pending.GetValueOrDefault(timer.Step) is not { } pending)
            {
                continue;
            }

            if (pending.Scheduled.Kind != EventKind.ActivityScheduled)
            {
                var kind = pending.Scheduled.Kind == EventKind.TimerScheduled ? EventKind.TimerFired : EventKind.EventWaitExpired;
                Deliver(timer.Instance, new HistoryEvent(kind) { Step = timer.Step, Name = pending.Scheduled.Name });
            }
            else if (timer.Instance.IsSuspended)
            {
                timer.Instance.HeldAttempts.Add(timer.Step);
            }
            else
            {
                StartAttempt(timer.Instance, timer.Step, pending);
            }
        }
    }

    private void Deliver(Instance instance, HistoryEvent stimulus)
    {
        if (instance.HasEnded)
        {
            return;
        }

        instance.Inbox.Enqueue(stimulus);
        if (instance.CanRun)
        {
            MakeRunnable(instance);
        }
        else
        {
            LogInbox(instance);
        }
    }

    private void MakeRunnable(Instance instance)
    {
        if (instance.CanRun && !instance.IsQueued)
        {
            instance.IsQueued = true;
            _runnable.Enqueue(instance);
        }
    }

    // What came and cannot be shown to the code yet must be durable by itself.
    private void LogInbox(Instance instance)
    {
        foreach (var stimulus in instance.Inbox.Skip(instance.LoggedInbox))
        {
            _journal!.Add(EngineRecords.Arrived(instance, stimulus));
        }

        instance.LoggedInbox = instance.Inbox.Count;
    }

    private void RunTurns()
    {
        // Those that become runnable meanwhile wait for the next cycle, so that an endless loop of one holds up nobody.
        for (var left = _runnable.Count; left > 0; left--)
        {
            var instance = _runnable.Dequeue();
            instance.IsQueued = false;
            if (instance.CanRun)
            {
                RunTurn(instance);
            }
        }
    }

    private void RunTurn(Instance instance)
    {
        var events = new List<HistoryEvent>();
        var takenFromLog = 0;
        Failure? fault = null;
        try
        {
            while (instance.Inbox.Count > 0 && instance.Run?.End is null)
            {
                Advance(instance, events);
                takenFromLog += instance.TakeFromInbox() ? 1 : 0;
            }
        }
        catch (OrchestrationFault exception)
        {
            fault = exception.Failure;
        }

        if (instance.Run?.End is { } end)
        {
            Finish(instance, end, events);
            return;
        }

        if (takenFromLog > 0 || events.Count > 0)
        {
            _journal!.Add(EngineRecords.Turn(instance, takenFromLog, events));
        }

        if (fault is not null)
        {
            MarkFaulted(instance, fault, former: null);
            return;
        }

        Follow(instance, events);
    }

    // Shows the code the head of the inbox, and adds that and what the code did to the history.
    private void Advance(Instance instance, List<HistoryEvent> events)
    {
        if (instance.Run is null || (_options.ReplayEveryTurn && instance.History.Count > 0))
        {
            instance.Run = Replay.Of(instance, _catalog);
        }

        var stimulus = instance.Inbox.Peek();
        if (!instance.Run.Accepts(stimulus))
        {
            return;
        }

        if (instance.HistoryBytes > HistoryLimit)
        {
            throw OrchestrationFault.TooLong(instance.Id, instance.Name, instance.HistoryBytes);
        }

        var stamped = stimulus with { Time = Math.Max(Now, instance.UpdatedAt) };
        var actions = instance.Run.Apply(stamped);
        RequireKnown(instance, actions);
        instance.UpdatedAt = stamped.Time;
        instance.CustomStatus = instance.Run.CustomStatus;
        instance.Record([stamped, .. actions]);
        events.Add(stamped);
        events.AddRange(actions);
        foreach (var step in instance.Run.CancelledTimers)
        {
            _timers.Remove(instance, step);
        }

        instance.Run.CancelledTimers.Clear();
    }

    private void Follow(Instance instance, List<HistoryEvent> events)
    {
        foreach (var e in events.Where(e => e.IsAction || e.Kind == EventKind.ActivityRetried))
        {
            if (instance.Run!.Pending.TryGetValue(e.Step, out var pending))
            {
                Expect(instance, e.Step, pending);
            }
        }
    }

    private void Finish(Instance instance, HistoryEvent end, List<HistoryEvent> events)
    {
        // Children that nobody waits for are started all the same. Their records come first: after a crash in between, the
        // parent's last turn is run again and finds them.
        foreach (var child in events.Where(e => e.Kind == EventKind.OrchestrationScheduled))
        {
            StartChild(instance, child);
        }

        if (end.Kind != EventKind.ContinuedAsNew)
        {
            End(instance, end.Kind == EventKind.Completed ? OrchestrationStatus.Completed : OrchestrationStatus.Failed, end.Data!);
            return;
        }

        var carried = instance.Run!.Unconsumed.Concat(instance.Inbox.Where(stimulus => stimulus.Kind == EventKind.EventReceived)).ToList();
        var version = _catalog.Orchestrations[instance.Name].Version;
        _journal!.Add(EngineRecords.Generation(instance, version, instance.UpdatedAt, end.Data!, carried));
        _timers.RemoveAll(instance);
        _pool.Cancel(instance);
        instance.BeginGeneration(version, instance.UpdatedAt, end.Data!, carried);
        MakeRunnable(instance);
    }

    private void End(Instance instance, OrchestrationStatus status, byte[] data)
    {
        var isCompleted = status == OrchestrationStatus.Completed;
        var record = new EndedRecord(instance.Head, instance.Version, status, instance.UpdatedAt, instance.CustomStatus,
            isCompleted ? data : null, isCompleted ? null : data, instance.History);
        var ended = new EndedInstance(instance.Head, status);
        _journal!.Add(EngineRecords.Ended(record), ended);
        _index.Put(ended);
        instance.HasEnded = true;
        instance.Run = null;
        _timers.RemoveAll(instance);
        _pool.Cancel(instance);
        if (instance.Head.Parent is { } parent && _index.Find(parent.InstanceId) is Instance waiting
            && waiting.Serial == parent.Serial && waiting.Generation == parent.Generation)
        {
            Deliver(waiting, Answer(parent.Step, instance.Name, isCompleted, data));
        }
    }

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
            var record = EngineRecords.ReadEnded(_journal!.Read(ended.Position));
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
        _journal!.Add(EngineRecords.Created(instance, input));
        MakeRunnable(instance);
    }

    private void MarkFaulted(Instance instance, Failure fault, Failure? former)
    {
        instance.Fault = fault;
        instance.Run = null;
        _timers.RemoveAll(instance);
        if (fault != former)
        {
            _journal!.Add(EngineRecords.Marked(instance));
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
