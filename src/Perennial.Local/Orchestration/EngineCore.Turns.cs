using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <content>How instances go on.</content>
internal sealed partial class EngineCore
{
    // The record of an instance that ends holds its whole history, that of a generation all that was carried over, and a record of the log
    // has a greatest length: over it the engine would break, and break again at the same turn after each reopening.
    private const long HistoryLimit = 40L << 20;

    // Timers fired in one cycle: after a long sleep of the machine very many may be due, each with an instance to load.
    private const int MostTimersFired = 1024;

    private long Now => _clock.GetUtcNow().UtcTicks;

    // Sets going what a pending action stands for.
    private void Expect(Instance instance, int step, PendingStep pending)
    {
        var action = pending.Scheduled;
        switch (action.Kind)
        {
            case EventKind.ActivityScheduled when pending.RetryDue > 0:
                _timers.Add(instance.Id, step, pending.RetryDue);
                break;
            case EventKind.ActivityScheduled:
                StartAttempt(instance, step, pending);
                break;
            case EventKind.OrchestrationScheduled:
                StartChild(instance, action);
                break;
            case EventKind.TimerScheduled or EventKind.EventAwaited when action.Due > 0:
                _timers.Add(instance.Id, step, action.Due);
                break;
        }
    }

    // Fires what has fallen due, so much a cycle; whether more has.
    private bool FireDueTimers()
    {
        for (var left = MostTimersFired; left > 0; left--)
        {
            if (_timers.TakeDue(Now) is not { } timer)
            {
                return false;
            }

            // Loading arms the instance's own timers, which are taken in their turn.
            if (Living(timer.InstanceId) is { } instance && instance.Run?.Pending.GetValueOrDefault(timer.Step) is { } pending)
            {
                Fire(instance, timer.Step, pending);
            }
        }

        return true;
    }

    private void Fire(Instance instance, int step, PendingStep pending)
    {
        if (pending.Scheduled.Kind != EventKind.ActivityScheduled)
        {
            var kind = pending.Scheduled.Kind == EventKind.TimerScheduled ? EventKind.TimerFired : EventKind.EventWaitExpired;
            Deliver(instance, new HistoryEvent(kind) { Step = step, Name = pending.Scheduled.Name });
        }
        else if (instance.IsSuspended)
        {
            instance.HeldAttempts.Add(step);
        }
        else
        {
            StartAttempt(instance, step, pending);
        }
    }

    private void Deliver(Instance instance, HistoryEvent stimulus)
    {
        if (instance.HasEnded)
        {
            return;
        }

        instance.Inbox.Enqueue(stimulus);
        Touch(instance);
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
            Log(instance, EngineRecords.Arrived(instance, stimulus));
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

        if (fault is null && instance.Run?.End is { } end)
        {
            Finish(instance, end, events);
            return;
        }

        if (takenFromLog > 0 || events.Count > 0)
        {
            Log(instance, EngineRecords.Turn(instance, takenFromLog, events));
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

        // A clock that went back since a timer fired must not show the code a time before the one that it waited for.
        var due = stimulus.Kind is EventKind.TimerFired or EventKind.EventWaitExpired ? instance.Run.Pending[stimulus.Step].Scheduled.Due : 0;
        var stamped = stimulus with { Time = Math.Max(Now, Math.Max(instance.UpdatedAt, due)) };
        var actions = instance.Run.Apply(stamped);
        RequireKnown(instance, actions);
        var bytes = instance.HistoryBytes + stamped.Bytes + actions.Sum(action => (long)action.Bytes);
        if (bytes > HistoryLimit)
        {
            throw OrchestrationFault.TooLong(instance.Id, instance.Name, bytes, HistoryLimit);
        }

        instance.UpdatedAt = stamped.Time;
        instance.CustomStatus = instance.Run.CustomStatus;
        instance.Record([stamped, .. actions]);
        events.Add(stamped);
        events.AddRange(actions);
        foreach (var step in instance.Run.CancelledTimers)
        {
            _timers.Remove(instance.Id, step);
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
}
