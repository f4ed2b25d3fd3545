using System.Runtime.CompilerServices;

namespace Perennial.Core.Serving.Traffic;

/// <summary>
/// Runs of entries, each in ordinal order of ids and cut into pages, as in a log-structured merge tree (O'Neil et al. 1996): to find some ids
/// only pages are read whose range holds one. Ids that this system gives begin with their time, so that those that belong together lie together.
/// </summary>
internal sealed class SortedRuns<T>(SealedPages pages, TrafficSealing sealing)
    where T : class, IKeyed<T>
{
    // A run is at least so many times as large as all after it: few runs, and an entry is written a few times in its life.
    private const int Growth = 4;

    /// <summary>What all runs together say of the ids.</summary>
    public async Task<Dictionary<string, T>> Find(IReadOnlyList<SortedRun> runs, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, T>(StringComparer.Ordinal);
        if (runs.Count == 0) return found;
        var wanted = ids.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        foreach (var run in runs)
            await foreach (var entry in Find(run, wanted, cancellationToken)) found[entry.Id] = found.TryGetValue(entry.Id, out var known) ? known.With(entry) : entry;
        return found;
    }

    /// <summary>The entries of all runs that are newer than the instant, run by run.</summary>
    public async IAsyncEnumerable<T> NewerThan(IReadOnlyList<SortedRun> runs, DateTimeOffset instant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var page in runs.SelectMany(run => run.Pages).Where(page => page.Newest > instant))
        {
            foreach (var entry in await pages.Read<T>(page.Content, cancellationToken))
                if (entry.At > instant) yield return entry;
        }
    }

    /// <summary>A run of entries that come in ordinal order of ids.</summary>
    public async Task<SortedRun> Write(IAsyncEnumerable<T> sorted, CancellationToken cancellationToken)
    {
        var written = new List<SortedPage>();
        await foreach (var page in sorted.Chunk(sealing.PageEntries).WithCancellation(cancellationToken))
            written.Add(new SortedPage(await pages.Write(page, cancellationToken), page[0].Id, page[^1].Id, page.Length, page.Max(entry => entry.At)));
        return new SortedRun(written);
    }

    /// <summary>The runs with the newest of them merged into one where they are no longer small beside those before; the same list where they are.</summary>
    public async Task<IReadOnlyList<SortedRun>> Merge(IReadOnlyList<SortedRun> runs, CancellationToken cancellationToken)
    {
        if (runs.Count < 2) return runs;
        var (first, size) = (runs.Count - 1, runs[^1].Size());
        for (; first > 0 && runs[first - 1].Size() < Growth * size; first--) size += runs[first - 1].Size();
        return first == runs.Count - 1 ? runs : [.. runs.Take(first), await Write(All([.. runs.Skip(first)], cancellationToken), cancellationToken)];
    }

    private async IAsyncEnumerable<T> Find(SortedRun run, string[] wanted, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = 0;
        foreach (var page in run.Pages)
        {
            while (next < wanted.Length && string.CompareOrdinal(wanted[next], page.First) < 0) next++;
            if (next == wanted.Length) yield break;
            if (string.CompareOrdinal(wanted[next], page.Last) > 0) continue;
            var entries = await pages.Read<T>(page.Content, cancellationToken);
            for (; next < wanted.Length && string.CompareOrdinal(wanted[next], page.Last) <= 0; next++)
                if (Find(entries, wanted[next]) is { } entry) yield return entry;
        }
    }

    private static T? Find(T[] entries, string id)
    {
        var (low, high) = (0, entries.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(entries[middle].Id, id);
            if (order == 0) return entries[middle];
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }
        return null;
    }

    private IAsyncEnumerable<T> All(SortedRun[] runs, CancellationToken cancellationToken) => runs.Length == 1
        ? Entries(runs[0], cancellationToken)
        : Merged(All(runs[..(runs.Length / 2)], cancellationToken), All(runs[(runs.Length / 2)..], cancellationToken), cancellationToken);

    private async IAsyncEnumerable<T> Entries(SortedRun run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var page in run.Pages)
            foreach (var entry in await pages.Read<T>(page.Content, cancellationToken)) yield return entry;
    }

    private static async IAsyncEnumerable<T> Merged(IAsyncEnumerable<T> older, IAsyncEnumerable<T> newer, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var one = older.GetAsyncEnumerator(cancellationToken);
        await using var other = newer.GetAsyncEnumerator(cancellationToken);
        var (hasOne, hasOther) = (await one.MoveNextAsync(), await other.MoveNextAsync());
        while (hasOne || hasOther)
        {
            var order = !hasOne ? 1 : !hasOther ? -1 : string.CompareOrdinal(one.Current.Id, other.Current.Id);
            yield return order switch { < 0 => one.Current, > 0 => other.Current, _ => one.Current.With(other.Current) };
            if (order <= 0) hasOne = await one.MoveNextAsync();
            if (order >= 0) hasOther = await other.MoveNextAsync();
        }
    }
}
