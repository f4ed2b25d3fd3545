using Perennial.Core.Pipelines;
using Perennial.Core.Ports;

namespace Perennial.Core.Governance.Retention;

/// <summary>
/// Removes artifacts that nothing refers to, while the host works: a conservative mark and sweep. Whatever looks like a hash in a root
/// (<see cref="RootTexts"/>), in a young artifact or in a JSON artifact that is itself referred to, is a reference.
/// <para>
/// A reference can move from one root to another while they are read, so they are read twice; who makes a new reference has put the content
/// or asked whether it is there, and then the sweep leaves it alone.
/// </para>
/// </summary>
/// <param name="tables">All tables.</param>
/// <param name="content">All content.</param>
/// <param name="sweeper">Removes some of it.</param>
/// <param name="orchestrations">All instances.</param>
/// <param name="clock">Says how old instances and cached results are.</param>
/// <param name="waiting">What waits for an instance; null, said outright, only where a host's histories hold it already.</param>
/// <param name="blobs">All named blobs; null, said outright, only where a host has none.</param>
public sealed class ArtifactCollection(
    ITableStore tables, IContentStore content, IContentSweeper sweeper, IOrchestrationClient orchestrations, TimeProvider clock,
    WaitingEvents? waiting, INamedBlobs? blobs)
{
    private const int PurgePage = 1000;
    private readonly RootTexts _roots = new(tables, orchestrations, waiting, blobs);
    private readonly StageCache _cache = new(tables, content, clock);

    /// <summary>Forgets what has ended long ago, then collects.</summary>
    /// <exception cref="InvalidOperationException">Another collection has not ended.</exception>
    /// <exception cref="DamagedContentException">Content that may refer to others is not as it was stored; no artifact was removed.</exception>
    public async Task<CollectionReport> Run(CollectionRequest request, CancellationToken cancellationToken = default)
    {
        var before = clock.GetUtcNow() - request.OlderThan;
        using var sweep = sweeper.Begin(request.Grace);
        var purged = request.DryRun ? await Purgeable(before, cancellationToken) : null;
        var instances = purged?.Count ?? await Purge(before, cancellationToken);
        var cached = await _cache.Forget(before, request.DryRun, cancellationToken);

        var marking = new Marking(content);
        await foreach (var each in sweep.List(cancellationToken)) marking.Add(each);
        await marking.Settle(cancellationToken);
        for (var pass = 0; pass < 2; pass++)
        {
            var texts = _roots.Read(
                (table, row) => request.DryRun && StageCache.IsForgettable(table, row, before),
                instance => purged?.Contains(instance.InstanceId) == true, cancellationToken);
            await foreach (var text in texts) ContentReferences.Find(text, marking.Refer);
            foreach (var touched in sweep.Touched) marking.Grow(touched);
            await marking.Settle(cancellationToken);
        }
        return await Sweep(request.DryRun, instances, cached, marking, sweep, cancellationToken);
    }

    private static async Task<CollectionReport> Sweep(
        bool dryRun, int instances, int cached, Marking marking, IContentSweep sweep, CancellationToken cancellationToken)
    {
        var (removed, bytes) = (0, 0L);
        foreach (var (hash, length) in marking.Unreferred)
        {
            if (!dryRun && !await sweep.TryRemove(hash, cancellationToken)) continue;
            removed++;
            bytes += length;
        }
        return new CollectionReport(dryRun, instances, cached, removed, bytes, marking.Count - removed, marking.Bytes - bytes, marking.Young);
    }

    private async Task<int> Purge(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var purged = 0;
        string? continuation = null;
        do
        {
            var page = await orchestrations.PurgeEnded(before, PurgePage, continuation, cancellationToken);
            purged += page.Purged;
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return purged;
    }

    /// <summary>
    /// What <see cref="IOrchestrationClient.PurgeEnded"/> would forget: a child stays while the generation of its parent lives that called it. As far
    /// as can be seen from outside: a generation that began when the child had ended did not.
    /// </summary>
    private async Task<HashSet<string>> Purgeable(DateTimeOffset before, CancellationToken cancellationToken)
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var instance in _roots.Instances(cancellationToken))
        {
            if (!HasEnded(instance) || instance.UpdatedAt >= before) continue;
            if (instance.ParentId is not { } parent || await LivesSince(parent, cancellationToken) is not { } since || since >= instance.UpdatedAt) found.Add(instance.InstanceId);
        }
        return found;
    }

    /// <summary>When the present generation of an instance began; null when there is none or it has ended.</summary>
    private async Task<DateTimeOffset?> LivesSince(string instanceId, CancellationToken cancellationToken)
    {
        if (await orchestrations.Get(instanceId, cancellationToken) is not { } state || HasEnded(state)) return null;
        var history = await orchestrations.History(instanceId, cancellationToken);
        return history.Count > 0 ? history[0].Time : state.UpdatedAt;
    }

    private static bool HasEnded(OrchestrationState instance) =>
        instance.Status is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated;
}
