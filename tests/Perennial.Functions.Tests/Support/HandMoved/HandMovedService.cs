using DurableTask.Core;
using DurableTask.Core.History;
using DurableTask.Core.Query;
using Microsoft.DurableTask.Testing.Sidecar;

namespace Perennial.Functions.Tests.Support.HandMoved;

/// <summary>
/// The test host's store of instances, which holds timers back until the hand-moved clock has come to them, and which knows when nothing goes
/// on any more.
/// </summary>
internal sealed class HandMovedService(HandMovedTime time) : InMemoryOrchestrationService, IOrchestrationService, IOrchestrationServiceClient, IOrchestrationServiceQueryClient, IOrchestrationServicePurgeClient
{
    private readonly Lock _gate = new();
    private readonly HashSet<TaskMessage> _waiting = new(ReferenceEqualityComparer.Instance);
    private readonly List<TaskMessage> _timers = [];
    private readonly Dictionary<(string Instance, string Generation, int Task), bool> _activities = [];
    private readonly Dictionary<string, IReadOnlyList<HistoryEvent>> _histories = new(StringComparer.OrdinalIgnoreCase);
    private int _turns;

    /// <summary>What happened to an instance in its present generation.</summary>
    public IReadOnlyList<HistoryEvent> History(string instanceId)
    {
        lock (_gate) return _histories.GetValueOrDefault(instanceId, []);
    }

    /// <summary>Moves the clock and fires what falls due. Who waited for an activity before must not wait for it afterwards: it may have no time left.</summary>
    public async Task Advance(TimeSpan duration)
    {
        time.Advance(duration);
        List<TaskMessage> due;
        lock (_gate)
        {
            foreach (var running in _activities.Keys.ToArray()) _activities[running] = true;
            due = [.. _timers.Where(IsDue).OrderBy(timer => ((TimerFiredEvent)timer.Event).FireAt)];
            _timers.RemoveAll(due.Contains);
        }
        foreach (var timer in due)
        {
            var planned = (TimerFiredEvent)timer.Event;
            // Made anew, since an event is stamped when it is made.
            await ((IOrchestrationServiceClient)this).SendTaskOrchestrationMessageAsync(
                new TaskMessage { OrchestrationInstance = timer.OrchestrationInstance, Event = new TimerFiredEvent(-1, planned.FireAt) { TimerId = planned.TimerId } });
        }
    }

    /// <summary>Waits until everything left waits for the clock, for events, or for activities that were running when the clock was moved.</summary>
    /// <exception cref="TimeoutException">It did not come to rest: an orchestration awaits what is not durable, or an activity does not end.</exception>
    public async Task WhenIdle()
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await IsIdle())
        {
            if (TimeProvider.System.GetElapsedTime(since) > TimeSpan.FromMinutes(2)) throw new TimeoutException($"The engine did not come to rest: {Describe()}.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }

    async Task<TaskOrchestrationWorkItem> IOrchestrationService.LockNextTaskOrchestrationWorkItemAsync(TimeSpan receiveTimeout, CancellationToken cancellationToken)
    {
        var turn = await LockNextTaskOrchestrationWorkItemAsync(receiveTimeout, cancellationToken);
        lock (_gate)
        {
            _turns++;
            _waiting.ExceptWith(turn.NewMessages);
        }
        return turn;
    }

    async Task IOrchestrationService.ReleaseTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem)
    {
        await ReleaseTaskOrchestrationWorkItemAsync(workItem);
        lock (_gate) _turns--;
    }

    Task IOrchestrationService.AbandonTaskOrchestrationWorkItemAsync(TaskOrchestrationWorkItem workItem)
    {
        // The worker went while it was sent: another one will take it.
        lock (_gate) _waiting.UnionWith(workItem.NewMessages);
        return AbandonTaskOrchestrationWorkItemAsync(workItem);
    }

    Task IOrchestrationService.CompleteTaskOrchestrationWorkItemAsync(
        TaskOrchestrationWorkItem workItem, OrchestrationRuntimeState newOrchestrationRuntimeState, IList<TaskMessage> outboundMessages, IList<TaskMessage> orchestratorMessages,
        IList<TaskMessage> timerMessages, TaskMessage continuedAsNewMessage, OrchestrationState orchestrationState)
    {
        lock (_gate)
        {
            _histories[workItem.InstanceId] = [.. newOrchestrationRuntimeState.Events];
            foreach (var activity in outboundMessages) _activities[KeyOf(activity, activity.Event.EventId)] = false;
            _timers.AddRange(timerMessages.Where(timer => !IsDue(timer)));
            timerMessages = [.. timerMessages.Where(IsDue)];
            _waiting.UnionWith([.. orchestratorMessages, .. timerMessages]);
        }
        return CompleteTaskOrchestrationWorkItemAsync(workItem, newOrchestrationRuntimeState, outboundMessages, orchestratorMessages, timerMessages, continuedAsNewMessage, orchestrationState);
    }

    async Task IOrchestrationService.CompleteTaskActivityWorkItemAsync(TaskActivityWorkItem workItem, TaskMessage responseMessage)
    {
        Expect(responseMessage);
        await CompleteTaskActivityWorkItemAsync(workItem, responseMessage);
        lock (_gate) _activities.Remove(KeyOf(workItem.TaskMessage, workItem.TaskMessage.Event.EventId));
    }

    Task IOrchestrationServiceClient.CreateTaskOrchestrationAsync(TaskMessage creationMessage, OrchestrationStatus[]? dedupeStatuses)
    {
        Expect(creationMessage);
        return CreateTaskOrchestrationAsync(creationMessage, dedupeStatuses);
    }

    async Task IOrchestrationServiceClient.SendTaskOrchestrationMessageAsync(TaskMessage message)
    {
        // Azure's store drops what is sent to nobody; the one in memory would fail at it again and again.
        if (await StateOf(message) is null) return;
        Expect(message);
        await SendTaskOrchestrationMessageAsync(message);
    }

    Task IOrchestrationServiceClient.ForceTerminateTaskOrchestrationAsync(string instanceId, string reason) =>
        ((IOrchestrationServiceClient)this).SendTaskOrchestrationMessageAsync(
            new TaskMessage { OrchestrationInstance = new OrchestrationInstance { InstanceId = instanceId }, Event = new ExecutionTerminatedEvent(-1, reason) });

    Task<PurgeResult> IOrchestrationServicePurgeClient.PurgeInstanceStateAsync(string instanceId)
    {
        lock (_gate) _histories.Remove(instanceId);
        return PurgeInstanceStateAsync(instanceId);
    }

    private static (string, string, int) KeyOf(TaskMessage message, int task) => (message.OrchestrationInstance.InstanceId, message.OrchestrationInstance.ExecutionId, task);

    private bool IsDue(TaskMessage timer) => ((TimerFiredEvent)timer.Event).FireAt <= time.Now.UtcDateTime;

    private void Expect(TaskMessage message)
    {
        lock (_gate) _waiting.Add(message);
    }

    private Task<OrchestrationState> StateOf(TaskMessage message) => GetOrchestrationStateAsync(message.OrchestrationInstance.InstanceId, executionId: null);

    private async Task<bool> IsIdle()
    {
        TaskMessage[] waiting;
        lock (_gate)
        {
            // What a turn or an activity sends is on its way to the store until it ends, and would look like dropped.
            if (_turns > 0 || _activities.Values.Any(isOld => !isOld)) return false;
            waiting = [.. _waiting];
        }
        foreach (var message in waiting)
            if (await IsDropped(message)) lock (_gate) _waiting.Remove(message);
        lock (_gate) return _turns == 0 && _waiting.Count == 0 && _activities.Values.All(isOld => isOld);
    }

    // The store drops what comes for an instance that has ended, or for a former generation.
    private async Task<bool> IsDropped(TaskMessage message) =>
        await StateOf(message) is not { } state
        || state.OrchestrationStatus is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated
        || (message.OrchestrationInstance.ExecutionId is { } generation && generation != state.OrchestrationInstance.ExecutionId);

    private string Describe()
    {
        lock (_gate) return $"{_turns} turns, {_waiting.Count} messages ({string.Join(", ", _waiting.Select(m => m.Event.EventType))}), {_activities.Values.Count(isOld => !isOld)} activities";
    }
}
