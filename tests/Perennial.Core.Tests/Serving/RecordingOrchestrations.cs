using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Tests.Serving;

/// <summary>Remembers what was started and raised, and runs nothing.</summary>
public sealed class RecordingOrchestrations : IOrchestrationClient
{
    public List<string> Started { get; } = [];

    public List<(string Instance, string Event)> Raised { get; } = [];

    /// <summary>Whether so much waits for every instance that no more is taken.</summary>
    public bool TakesNoMore { get; set; }

    public Task<bool> Start<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default)
    {
        var isNew = !Started.Contains(instanceId);
        if (isNew) Started.Add(instanceId);
        return Task.FromResult(isNew);
    }

    public Task RaiseEvent<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default)
    {
        if (TakesNoMore) return Task.FromException(new InboxFullException($"Too much waits for '{instanceId}'."));
        Raised.Add((instanceId, name));
        return Task.CompletedTask;
    }

    public Task<OrchestrationState?> Get(string instanceId, CancellationToken cancellationToken = default) => Task.FromResult<OrchestrationState?>(null);

    public Task<OrchestrationPage> Query(OrchestrationQuery query, CancellationToken cancellationToken = default) => Task.FromResult(new OrchestrationPage([], null));

    public Task<bool> Terminate(string instanceId, string reason, CancellationToken cancellationToken = default) => Task.FromResult(false);

    public Task<bool> Suspend(string instanceId, string reason, CancellationToken cancellationToken = default) => Task.FromResult(false);

    public Task<bool> Resume(string instanceId, string reason, CancellationToken cancellationToken = default) => Task.FromResult(false);

    public Task<bool> Purge(string instanceId, CancellationToken cancellationToken = default) => Task.FromResult(false);

    public Task<PurgePage> PurgeEnded(DateTimeOffset endedBefore, int take = 100, string? continuation = null, CancellationToken cancellationToken = default) =>
        Task.FromResult(new PurgePage(0, null));

    public Task<IReadOnlyList<OrchestrationEvent>> History(string instanceId, CancellationToken cancellationToken = default) =>
        Task.FromResult<IReadOnlyList<OrchestrationEvent>>([]);
}
