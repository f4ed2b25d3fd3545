using System.Text.Json;
using Perennial.Core.Orchestration;

namespace Perennial.Core.Ports;

/// <summary>Starts, feeds and looks at orchestration instances. Every acknowledged call is durable.</summary>
public interface IOrchestrationClient
{
    /// <summary>Starts an instance; false when the id was ever used and not purged, and then nothing changes.</summary>
    Task<bool> Start<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default);

    /// <summary>Sends an event; to an unknown or finished instance it is dropped without an error, as on Durable Functions.</summary>
    /// <exception cref="InboxFullException">Too much waits for it already; a host may bound what it keeps.</exception>
    Task RaiseEvent<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default);

    /// <summary>The instance's state, or null when there is none.</summary>
    Task<OrchestrationState?> Get(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>A page of instances in ordinal order of their ids.</summary>
    Task<OrchestrationPage> Query(OrchestrationQuery query, CancellationToken cancellationToken = default);

    /// <summary>Ends an instance where it stands; running activities see their cancellation token where the host has one. False when there is none or it has ended.</summary>
    Task<bool> Terminate(string instanceId, string reason, CancellationToken cancellationToken = default);

    /// <summary>Stops an instance from going on until it is resumed; events are kept. False when there is none or it has ended.</summary>
    Task<bool> Suspend(string instanceId, string reason, CancellationToken cancellationToken = default);

    /// <summary>Lets a suspended instance go on. False when there is none or it is not suspended.</summary>
    Task<bool> Resume(string instanceId, string reason, CancellationToken cancellationToken = default);

    /// <summary>
    /// Forgets an instance that has ended; its id may be used again. False when there is none or it is running, and where a host still
    /// needs it: a child of a living parent, which might ask for the child's result again.
    /// </summary>
    Task<bool> Purge(string instanceId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Forgets a page of the instances that ended before an instant, each as <see cref="Purge"/> would; those that it would refuse stay.
    /// On Durable Functions: a query for ended instances created before the instant, then a purge of each whose last update is older.
    /// </summary>
    /// <param name="endedBefore">Only instances that ended before it.</param>
    /// <param name="take">At most so many in one call, 1 to 1,000.</param>
    /// <param name="continuation">From the page before; null for the first.</param>
    /// <param name="cancellationToken">Stops the wait; what was forgotten stays forgotten.</param>
    /// <returns>How many are forgotten, durably, and where to go on.</returns>
    Task<PurgePage> PurgeEnded(DateTimeOffset endedBefore, int take = 100, string? continuation = null, CancellationToken cancellationToken = default);

    /// <summary>What has happened to an instance in its present generation, in order; empty when there is none.</summary>
    Task<IReadOnlyList<OrchestrationEvent>> History(string instanceId, CancellationToken cancellationToken = default);
}

/// <summary>An instance as a query shows it.</summary>
/// <param name="InstanceId">The id.</param>
/// <param name="Name">The orchestration's name.</param>
/// <param name="Version">The version of its code that its present generation began with.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="CreatedAt">When it was started.</param>
/// <param name="UpdatedAt">When something last happened to it.</param>
/// <param name="CustomStatus">What it set by SetStatus in this generation.</param>
/// <param name="Output">What it returned, once completed.</param>
/// <param name="Failure">Why it failed, faulted or was terminated.</param>
/// <param name="ParentId">The instance that called it.</param>
public sealed record OrchestrationState(
    string InstanceId,
    string Name,
    int Version,
    OrchestrationStatus Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    JsonElement? CustomStatus,
    JsonElement? Output,
    Failure? Failure,
    string? ParentId);

/// <summary>Where an instance stands.</summary>
public enum OrchestrationStatus
{
    /// <summary>It goes on, or waits.</summary>
    Running,

    /// <summary>It waits to be resumed.</summary>
    Suspended,

    /// <summary>It returned.</summary>
    Completed,

    /// <summary>It threw.</summary>
    Failed,

    /// <summary>Somebody ended it.</summary>
    Terminated,

    /// <summary>Its code did not match its history; a fixed build can continue it.</summary>
    Faulted,
}

/// <summary>Which instances.</summary>
/// <param name="IdPrefix">Ids that start so; null for all.</param>
/// <param name="Status">Only in this status; null for all.</param>
/// <param name="Take">At most so many a page, 1 to 1,000. A page may hold fewer although more follow.</param>
/// <param name="Continuation">From the page before; it stays good while instances come and go.</param>
/// <param name="CreatedFrom">Only instances created then or later; null for all.</param>
/// <param name="CreatedTo">Only instances created then or earlier; null for all.</param>
/// <param name="ParentId">Only instances that this instance called; null for all.</param>
public sealed record OrchestrationQuery(
    string? IdPrefix = null,
    OrchestrationStatus? Status = null,
    int Take = 100,
    string? Continuation = null,
    DateTimeOffset? CreatedFrom = null,
    DateTimeOffset? CreatedTo = null,
    string? ParentId = null);

/// <summary>A page of instances.</summary>
/// <param name="Instances">In ordinal order of their ids.</param>
/// <param name="Continuation">For the next page; null after the last.</param>
public sealed record OrchestrationPage(IReadOnlyList<OrchestrationState> Instances, string? Continuation);

/// <summary>What one call of <see cref="IOrchestrationClient.PurgeEnded"/> did.</summary>
/// <param name="Purged">So many instances are forgotten.</param>
/// <param name="Continuation">For the next call; null after the last.</param>
public sealed record PurgePage(int Purged, string? Continuation);

/// <summary>One event of a history, for people and tests.</summary>
/// <param name="Sequence">Its place, from 0.</param>
/// <param name="Time">When it was recorded.</param>
/// <param name="Kind">What happened, e.g. <c>activity-scheduled</c>, <c>activity-completed</c>, <c>timer-fired</c>.</param>
/// <param name="Name">The activity's, event's or sub-orchestration's name, where there is one.</param>
/// <param name="Data">Input, output or failure.</param>
public sealed record OrchestrationEvent(int Sequence, DateTimeOffset Time, string Kind, string? Name, JsonElement? Data);
