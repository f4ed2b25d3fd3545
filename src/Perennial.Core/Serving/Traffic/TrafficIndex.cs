using Perennial.Core.Ports;

namespace Perennial.Core.Serving.Traffic;

/// <summary>
/// One model's predictions joined with their labels by id. What was read of the log is sealed piece by piece, for all processes: each reads only
/// what came since, and of what is sealed only what is asked for. It can be made again from the log at any time.
/// </summary>
internal sealed class TrafficIndex(IPredictionLog log, string model, SealedStore store, SealedPages pages, TrafficSealing sealing)
{
    private const int PageRows = 5000;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly SortedRuns<SealedId> _idRuns = new(pages, sealing);
    private readonly SortedRuns<SealedLabel> _labelRuns = new(pages, sealing);
    private SealedHead? _head;
    private ContentHash? _unusable;
    private SealedTraffic _sealed = SealedTraffic.None;
    private RecentTraffic _recent = new();
    private string? _predictionCursor;
    private string? _labelCursor;

    /// <summary>Where the log of predictions has been read to.</summary>
    public string? Cursor => _predictionCursor;

    /// <summary>Catches up with the log, then looks.</summary>
    /// <param name="look">Looks.</param>
    /// <param name="merge">Whether there is time to merge runs: not while somebody waits for an answer.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<T> Look<T>(Func<TrafficIndex, Task<T>> look, bool merge, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            for (var lost = 0; ;)
            {
                try
                {
                    await Load(cancellationToken);
                    // Where another process sealed meanwhile, what it sealed counts, and this one goes on from there.
                    if (await CatchUp(cancellationToken) && (!merge || await TryMerge(cancellationToken))) return await look(this);
                }
                catch (Exception e) when (lost++ < 2 && e is MissingContentException or DamagedContentException or ForeignCursorException)
                {
                    await GiveUpSealed(cancellationToken);
                }
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>How many of the ids have no prediction.</summary>
    public async Task<int> CountUnknown(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var others = ids.Where(id => !_recent.Knows(id)).ToArray();
        var known = await _idRuns.Find(_sealed.Ids, others, cancellationToken);
        return others.Count(id => !known.ContainsKey(id));
    }

    /// <summary>Predictions answered in [from, to), ordered by time and then id.</summary>
    public async Task<IReadOnlyList<JoinedPrediction>> Window(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var rows = new List<SealedPrediction>();
        foreach (var some in _sealed.Rows.Where(some => some.From < to && some.To >= from))
            rows.AddRange((await pages.Read<SealedPrediction>(some.Content, cancellationToken)).Where(row => row.At >= from && row.At < to));
        await RemoveReplaced(rows, cancellationToken);
        var isSorted = rows.Count == 0;
        rows.AddRange(_recent.Window(from, to));
        if (!isSorted) rows.Sort(RecentTraffic.Compare);
        var labels = await Labels(rows.Select(row => row.Record.Id), cancellationToken);
        return [.. rows.Select(row => Join(row, labels(row.Record.Id)))];
    }

    /// <summary>How many predictions got their first label after the instant.</summary>
    public async Task<int> CountLabelledSince(DateTimeOffset instant, CancellationToken cancellationToken)
    {
        var ids = _recent.Labels.Where(label => label.FirstAt > instant).Select(label => label.Id).ToHashSet(StringComparer.Ordinal);
        await foreach (var label in _labelRuns.NewerThan(_sealed.Labels, instant, cancellationToken)) ids.Add(label.Id);
        // An entry's first label is the first of its run: an older run may hold an earlier one.
        var labels = await Labels(ids, cancellationToken);
        var since = ids.Where(id => labels(id)!.FirstAt > instant).ToArray();
        return since.Length - await CountUnknown(since, cancellationToken);
    }

    /// <summary>Removes predictions of which an earlier one of the same id was read after they were sealed.</summary>
    private async Task RemoveReplaced(List<SealedPrediction> rows, CancellationToken cancellationToken)
    {
        var replaced = await _idRuns.Find(_sealed.Replaced, rows.Select(row => row.Record.Id), cancellationToken);
        rows.RemoveAll(row => _recent.FirstOf(row.Record.Id) < row.At || (replaced.TryGetValue(row.Record.Id, out var first) && first.At < row.At));
    }

    private static JoinedPrediction Join(SealedPrediction row, SealedLabel? label) => new(
        row.Record.Id, row.At, row.Record.Version, row.Record.Row, row.Record.Scores, row.Record.Shadow, label?.Newest, label?.First, label?.Column);

    private async Task<Func<string, SealedLabel?>> Labels(IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        var older = await _labelRuns.Find(_sealed.Labels, ids, cancellationToken);
        return id => older.TryGetValue(id, out var known) ? _recent.Label(id) is { } other ? known.With(other) : known : _recent.Label(id);
    }

    /// <summary>Takes what is sealed now; where that is not what it was, what was read since is read again from there.</summary>
    private async Task Load(CancellationToken cancellationToken)
    {
        var head = await store.Head(model, cancellationToken);
        var isSame = _head is not null && head.Manifest == _head.Manifest;
        _head = head;
        if (isSame) return;
        Begin(SealedTraffic.None);
        if (head.Manifest is not { } manifest || manifest == _unusable) return;
        var found = await store.Read(manifest, cancellationToken);
        if (found.IsCurrent()) Begin(found);
        else _unusable = manifest;
    }

    private void Begin(SealedTraffic traffic)
    {
        (_sealed, _recent) = (traffic, new RecentTraffic());
        (_predictionCursor, _labelCursor) = (traffic.PredictionCursor, traffic.LabelCursor);
    }

    /// <summary>
    /// What it names may be gone because another process has put a newer one in its place, and that is taken then. Otherwise it is of no use, and
    /// the log is read from its beginning.
    /// </summary>
    private async Task GiveUpSealed(CancellationToken cancellationToken)
    {
        var now = (await store.Head(model, cancellationToken)).Manifest;
        if (now == _head?.Manifest) _unusable = now;
        _head = null;
    }

    /// <summary>Reads on to the end of the log; false when another process has sealed meanwhile.</summary>
    private async Task<bool> CatchUp(CancellationToken cancellationToken)
    {
        var canSeal = true;
        async Task<bool> SealWhatIsMuch()
        {
            if (!canSeal || (_recent.Records < sealing.Records && _recent.Bytes < sealing.Bytes)) return true;
            try
            {
                return await Seal(cancellationToken);
            }
            catch (IOException)
            {
                // The stores are full, may not be written or do not answer: it is kept in memory then, and sealed when they take it. Who asks
                // has what was read; a store that cannot be read either says so itself.
                canSeal = false;
                return true;
            }
        }

        // Labels last: a label that is there when its prediction is read belongs to it, one that comes later is met next time.
        while (await ReadPredictions(cancellationToken))
            if (!await SealWhatIsMuch()) return false;
        while (await ReadLabels(cancellationToken))
            if (!await SealWhatIsMuch()) return false;
        await Settle(cancellationToken);
        return true;
    }

    private async Task<bool> ReadPredictions(CancellationToken cancellationToken)
    {
        var page = await Read(LogStreams.Predictions(model), _predictionCursor, cancellationToken);
        foreach (var record in page.Records) _recent.AddPrediction(record);
        _predictionCursor = page.Cursor;
        return page.Records.Count > 0;
    }

    private async Task<bool> ReadLabels(CancellationToken cancellationToken)
    {
        var page = await Read(LogStreams.Labels(model), _labelCursor, cancellationToken);
        foreach (var record in page.Records) _recent.AddLabel(record);
        _labelCursor = page.Cursor;
        return page.Records.Count > 0;
    }

    private async Task<LogPage> Read(string stream, string? cursor, CancellationToken cancellationToken)
    {
        try
        {
            return await log.Read(stream, cursor, Math.Min(PageRows, sealing.Records), cancellationToken);
        }
        catch (ArgumentException e) when (cursor is not null)
        {
            throw new ForeignCursorException(e);
        }
    }

    private async Task Settle(CancellationToken cancellationToken) =>
        _recent.Settle(await _idRuns.Find(_sealed.Ids, _recent.Unsettled, cancellationToken));

    /// <summary>Writes what was read; false when another process was first.</summary>
    private async Task<bool> Seal(CancellationToken cancellationToken)
    {
        await Settle(cancellationToken);
        var after = _sealed with { PredictionCursor = _predictionCursor, LabelCursor = _labelCursor };
        if (_recent.Predictions is { Count: > 0 } rows)
        {
            after = after with
            {
                Rows = [.. after.Rows, new SealedRows(await pages.Write(rows, cancellationToken), rows[0].At, rows[^1].At, rows.Count)],
                Ids = [.. after.Ids, await SealIds(rows.Select(row => row.Record.Id), cancellationToken)],
            };
        }
        if (_recent.Replacing.Count > 0) after = after with { Replaced = [.. after.Replaced, await SealIds(_recent.Replacing, cancellationToken)] };
        if (_recent.Labels.Count > 0)
        {
            var labels = _recent.Labels.OrderBy(label => label.Id, StringComparer.Ordinal).ToAsyncEnumerable();
            after = after with { Labels = [.. after.Labels, await _labelRuns.Write(labels, cancellationToken)] };
        }
        if (!await Commit(after, cancellationToken)) return false;
        _recent = new RecentTraffic();
        return true;
    }

    private Task<SortedRun> SealIds(IEnumerable<string> ids, CancellationToken cancellationToken) =>
        _idRuns.Write(ids.Order(StringComparer.Ordinal).Select(id => new SealedId(id, _recent.FirstOf(id)!.Value)).ToAsyncEnumerable(), cancellationToken);

    private async Task<bool> TryMerge(CancellationToken cancellationToken)
    {
        try
        {
            return await Merge(cancellationToken);
        }
        catch (IOException)
        {
            // What is not merged now will be another time.
            return true;
        }
    }

    /// <summary>Merges runs that have become many; false when another process was first.</summary>
    private async Task<bool> Merge(CancellationToken cancellationToken)
    {
        var ids = await _idRuns.Merge(_sealed.Ids, cancellationToken);
        var replaced = await _idRuns.Merge(_sealed.Replaced, cancellationToken);
        var labels = await _labelRuns.Merge(_sealed.Labels, cancellationToken);
        return (ReferenceEquals(ids, _sealed.Ids) && ReferenceEquals(replaced, _sealed.Replaced) && ReferenceEquals(labels, _sealed.Labels))
            || await Commit(_sealed with { Ids = ids, Replaced = replaced, Labels = labels }, cancellationToken);
    }

    private async Task<bool> Commit(SealedTraffic after, CancellationToken cancellationToken)
    {
        _head = await store.Commit(model, _head!, after, cancellationToken);
        if (_head is null) return false;
        (_sealed, _unusable) = (after, null);
        return true;
    }

    /// <summary>What is sealed belongs to another log.</summary>
    private sealed class ForeignCursorException(Exception inner) : Exception(inner.Message, inner);
}
