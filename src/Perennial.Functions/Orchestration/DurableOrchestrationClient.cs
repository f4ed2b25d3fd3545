using DurableTask.Core.Exceptions;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using OrchestrationQuery = Perennial.Core.Ports.OrchestrationQuery;

namespace Perennial.Functions.Orchestration;

/// <summary>The port over Durable Functions' client.</summary>
/// <remarks>
/// What Durable Functions is told takes effect a moment later: a termination or suspension that was acknowledged may not show yet.
/// Its queries promise no order, so a page of <see cref="Query"/> reads all instances of the prefix: ask for large pages.
/// </remarks>
/// <param name="bound">The client of Durable Functions, asked for at each call: a host gives it to its functions only.</param>
public sealed class DurableOrchestrationClient(Func<DurableTaskClient> bound) : IOrchestrationClient
{
    // A page is one message, of which the client takes 4 MB: an instance has an input, an output and a status of 16 KB each, and their wrapping.
    // The status comes in any case.
    private const int PageWithPayloads = 64;
    private const int PageWithout = 200;

    private DurableTaskClient Engine => bound();

    /// <inheritdoc/>
    public async Task<bool> Start<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default)
    {
        var json = Wire.Json(input);
        if (PayloadLimit.Check($"The input of orchestration '{orchestration.Value}'", Wire.Size(json)) is { } tooLarge) throw new ArgumentException(tooLarge.Message, nameof(input));
        if (await Engine.GetInstanceAsync(instanceId, cancellationToken) is not null) return false;
        var options = new StartOrchestrationOptions(instanceId).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await Engine.ScheduleNewOrchestrationInstanceAsync(orchestration.Value, new OrchestrationStart(orchestration.Version, json).ToJson(), options, cancellationToken);
            return true;
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public async Task RaiseEvent<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default)
    {
        var json = Wire.Json(payload);
        if (PayloadLimit.Check($"The payload of event '{name}'", Wire.Size(json)) is { } tooLarge) throw new ArgumentException(tooLarge.Message, nameof(payload));
        await Engine.RaiseEventAsync(instanceId, name, json, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<OrchestrationState?> Get(string instanceId, CancellationToken cancellationToken = default) =>
        await Engine.GetInstanceAsync(instanceId, getInputsAndOutputs: true, cancellationToken) is { } metadata ? DurableState.Of(metadata) : null;

    /// <inheritdoc/>
    public async Task<OrchestrationPage> Query(OrchestrationQuery query, CancellationToken cancellationToken = default)
    {
        var found = await After(query.Continuation, query.Take, new Microsoft.DurableTask.Client.OrchestrationQuery(
            query.CreatedFrom, query.CreatedTo, DurableState.StatusesOf(query.Status), InstanceIdPrefix: query.IdPrefix, FetchInputsAndOutputs: true),
            metadata => DurableState.Of(metadata) is var state && Matches(state, query) ? state : null, state => state.InstanceId, cancellationToken);
        return new OrchestrationPage(found.Page, found.Continuation);
    }

    /// <inheritdoc/>
    public async Task<bool> Terminate(string instanceId, string reason, CancellationToken cancellationToken = default)
    {
        if (!await IsLiving(instanceId, cancellationToken)) return false;
        await Engine.TerminateInstanceAsync(instanceId, new TerminateInstanceOptions(reason), cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Suspend(string instanceId, string reason, CancellationToken cancellationToken = default)
    {
        if (!await IsLiving(instanceId, cancellationToken)) return false;
        await Engine.SuspendInstanceAsync(instanceId, reason, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Resume(string instanceId, string reason, CancellationToken cancellationToken = default)
    {
        if ((await Engine.GetInstanceAsync(instanceId, cancellationToken))?.RuntimeStatus != OrchestrationRuntimeStatus.Suspended) return false;
        await Engine.ResumeInstanceAsync(instanceId, reason, cancellationToken);
        return true;
    }

    /// <inheritdoc/>
    public async Task<bool> Purge(string instanceId, CancellationToken cancellationToken = default)
    {
        if (await Engine.GetInstanceAsync(instanceId, cancellationToken) is not { IsCompleted: true }) return false;
        return (await Engine.PurgeInstanceAsync(instanceId, cancellationToken)).PurgedInstanceCount > 0;
    }

    /// <inheritdoc/>
    public async Task<PurgePage> PurgeEnded(DateTimeOffset endedBefore, int take = 100, string? continuation = null, CancellationToken cancellationToken = default)
    {
        var ended = new Microsoft.DurableTask.Client.OrchestrationQuery(CreatedTo: endedBefore, Statuses: DurableState.Ended);
        var found = await After(continuation, take, ended, metadata => metadata.LastUpdatedAt < endedBefore ? metadata.InstanceId : null, id => id, cancellationToken);
        var purged = 0;
        foreach (var id in found.Page) purged += await Purge(id, cancellationToken) ? 1 : 0;
        return new PurgePage(purged, found.Continuation);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<OrchestrationEvent>> History(string instanceId, CancellationToken cancellationToken = default)
    {
        if (await Engine.GetInstanceAsync(instanceId, cancellationToken) is null) return [];
        IList<HistoryEvent> history;
        try
        {
            history = await Engine.GetOrchestrationHistoryAsync(instanceId, cancellationToken);
        }
        catch (ArgumentException)
        {
            // That is how the engine says that there is none: it was purged in between.
            return [];
        }
        return DurableHistory.Read(history);
    }

    private static bool Matches(OrchestrationState state, OrchestrationQuery query) =>
        (query.Status is null || state.Status == query.Status)
        && (query.IdPrefix is null || state.InstanceId.StartsWith(query.IdPrefix, StringComparison.Ordinal))
        && (query.ParentId is null || state.ParentId == query.ParentId)
        && (query.CreatedFrom is null || state.CreatedAt >= query.CreatedFrom)
        && (query.CreatedTo is null || state.CreatedAt <= query.CreatedTo);

    /// <summary>The first of all matches after an id, in ordinal order, and the last one's id where there are more.</summary>
    private async Task<(IReadOnlyList<T> Page, string? Continuation)> After<T>(
        string? id, int take, Microsoft.DurableTask.Client.OrchestrationQuery query, Func<OrchestrationMetadata, T?> match, Func<T, string> idOf, CancellationToken cancellationToken)
        where T : class
    {
        var first = new SortedList<string, T>(StringComparer.Ordinal);
        await foreach (var metadata in Engine.GetAllInstancesAsync(query with { PageSize = query.FetchInputsAndOutputs ? PageWithPayloads : PageWithout }).WithCancellation(cancellationToken))
        {
            if (string.CompareOrdinal(metadata.InstanceId, id) <= 0 || match(metadata) is not { } matched) continue;
            first[idOf(matched)] = matched;
            if (first.Count > take + 1) first.RemoveAt(take + 1);
        }
        return first.Count > take ? ([.. first.Values.Take(take)], first.Keys[take - 1]) : ([.. first.Values], null);
    }

    private async Task<bool> IsLiving(string instanceId, CancellationToken cancellationToken) =>
        await Engine.GetInstanceAsync(instanceId, cancellationToken) is { IsCompleted: false };
}
