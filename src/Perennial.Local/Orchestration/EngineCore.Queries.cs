using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <content>What looks at many instances: queries and purges, a page at a time.</content>
internal sealed partial class EngineCore
{
    // The engine's thread does nothing else meanwhile: a page that finds little ends early and says where to go on.
    private const int MostLookedAt = 20_000;

    public async Task<OrchestrationPage> Query(OrchestrationQuery query)
    {
        var (sights, continuation) = await Ask<(List<Sight<OrchestrationState?>>, string?)>(() =>
        {
            var (entries, next) = Page(query.IdPrefix ?? "", query.Continuation, query.Take, entry => Matches(query, entry));
            var seen = entries.ConvertAll(entry => See(entry.Id, LoadedState));
            return () => (seen.ConvertAll(see => see()), next);
        }).ConfigureAwait(false);
        var states = new List<OrchestrationState>(sights.Count);
        foreach (var sight in sights)
        {
            // Purged meanwhile, and its record compacted away: it is not there any more.
            if (await Read(sight, LoadedState, StoredState).ConfigureAwait(false) is { } state)
            {
                states.Add(state);
            }
        }

        return new OrchestrationPage(states, continuation);
    }

    public Task<bool> Purge(string instanceId) => Ask<bool>(() =>
    {
        var isPurged = _index.Find(instanceId) is EndedInstance ended && !IsNeededByParent(ended);
        if (isPurged)
        {
            Forget(instanceId);
        }

        return () => isPurged;
    });

    public Task<PurgePage> PurgeEnded(long endedBefore, int take, string? continuation) => Ask<PurgePage>(() =>
    {
        var (entries, next) = Page("", continuation, take, entry => entry is EndedInstance ended && ended.EndedAt < endedBefore && !IsNeededByParent(ended));
        foreach (var entry in entries)
        {
            Forget(entry.Id);
        }

        var page = new PurgePage(entries.Count, next);
        return () => page;
    });

    private static bool Matches(OrchestrationQuery query, IndexEntry entry) =>
        (query.Status is null || entry.Status == query.Status)
        && (query.CreatedFrom is not { } from || entry.Head.CreatedAt >= from.UtcTicks)
        && (query.CreatedTo is not { } to || entry.Head.CreatedAt <= to.UtcTicks)
        && (query.ParentId is null || entry.Head.Parent?.InstanceId == query.ParentId);

    // Entries after the continuation that match, and where the next page goes on: a page is full, or enough has been looked at.
    private (List<IndexEntry> Entries, string? Continuation) Page(string prefix, string? continuation, int take, Func<IndexEntry, bool> matches)
    {
        var found = new List<IndexEntry>();
        var from = string.CompareOrdinal(continuation, prefix) > 0 ? continuation! : prefix;
        var (looked, last) = (0, continuation);
        foreach (var entry in _index.From(from).TakeWhile(entry => entry.Id.StartsWith(prefix, StringComparison.Ordinal)))
        {
            if (looked == MostLookedAt)
            {
                return (found, last);
            }

            if (entry.Id != continuation && matches(entry))
            {
                if (found.Count == take)
                {
                    return (found, found[^1].Id);
                }

                found.Add(entry);
            }

            (looked, last) = (looked + 1, entry.Id);
        }

        return (found, null);
    }

    // A parent whose present generation called the child may be run again from its history and would start the child once more.
    private bool IsNeededByParent(IndexEntry child) => child.Head.Parent is { } link && IsAlive(link);

    private void Forget(string instanceId)
    {
        _index.Remove(instanceId);
        _journal!.Add(EngineRecords.Purged(instanceId));
    }
}
