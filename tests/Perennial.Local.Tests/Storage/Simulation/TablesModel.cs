using System.Globalization;
using Perennial.Core.Ports;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>What the tables hold: by key the number of the write, and its ETag; 0 where there is no entity.</summary>
internal sealed class TablesState
{
    public const int Rows = 5;
    private const int Keys = 2 * 2 * Rows;

    public long[] Values { get; private init; } = new long[Keys];

    public long[] ETags { get; private init; } = new long[Keys];

    public static int Key(int table, int partition, int row) => (((table * 2) + partition) * Rows) + row;

    public TablesState Copy() => new() { Values = (long[])Values.Clone(), ETags = (long[])ETags.Clone() };
}

/// <summary>A change of a batch. The ETag is the one asked for; -1 for any, 0 for none.</summary>
internal sealed record TableChange(int Key, TableOperationKind Kind, long ETag, long Value);

/// <summary>A batch as it is submitted.</summary>
internal sealed record TableBatch(int Table, int Partition, List<TableChange> Changes, List<TableOperation> Operations)
{
    public override string ToString() => $"{Table}/{Partition}: {string.Join(", ", Operations.Select(one => $"{one.Kind} {one.Row} {one.ETag} {one.Properties?["v"]}"))}";
}

/// <summary>What the tables must hold, and which ETags were given.</summary>
internal sealed class TablesModel
{
    // What may be there beside the acknowledged state: after each batch of a commit that failed.
    private readonly List<TablesState> _possible = [];

    // What may be there when the end of the journal is damaged: before each batch of the last commit.
    private readonly List<TablesState> _former = [];
    private long _lastETag;

    public TablesState State { get; private set; } = new();

    /// <summary>Takes over a commit; what is wrong with its answers, or null.</summary>
    public string? Acknowledge(List<TableBatch> batches, List<BatchResult> results)
    {
        var former = new List<TablesState>();
        for (var i = 0; i < batches.Count; i++)
        {
            var failing = batches[i].Changes.FindIndex(change => !Holds(change, State));
            if ((results[i].FailedOperation ?? -1) != failing) return $"Operation {failing} of a batch does not hold; the answer is {results[i].FailedOperation}.";
            if (failing >= 0) continue;
            former.Add(State);
            State = State.Copy();
            if (Apply(batches[i], results[i].ETags) is { } wrong) return wrong;
        }
        if (former.Count == 0) return null;
        // What failed before is out for good: this stands in its place.
        _possible.Clear();
        _former.Clear();
        _former.AddRange(former);
        return null;
    }

    /// <summary>A commit failed: each of its batches may be there, with those before it.</summary>
    public void Fail(List<TableBatch> batches)
    {
        var state = State;
        foreach (var batch in batches.Where(batch => batch.Changes.TrueForAll(change => Holds(change, state))))
        {
            state = state.Copy();
            // The ETags it was to have are not known.
            foreach (var change in batch.Changes) (state.Values[change.Key], state.ETags[change.Key]) = (change.Value, change.Value == 0 ? 0 : -1);
            _possible.Add(state);
        }
    }

    /// <summary>Says what is wrong with what was found, or null; what is right is taken over.</summary>
    public string? Compare(TablesState found, bool damaged)
    {
        var right = Same(State, found) ? State : _possible.Find(state => Same(state, found));
        if (right is null) return damaged && _former.Exists(state => Same(state, found)) ? null : Difference(found);
        if (right != State)
        {
            _former.Clear();
            _former.Add(State);
            _former.AddRange(_possible);
        }
        _possible.Clear();
        _lastETag = Math.Max(_lastETag, found.ETags.Max());
        State = found;
        return null;
    }

    private string? Apply(TableBatch batch, IReadOnlyList<string> etags)
    {
        for (var i = 0; i < batch.Changes.Count; i++)
        {
            var change = batch.Changes[i];
            var etag = etags[i].Length == 0 ? 0 : long.Parse(etags[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            if ((etag == 0) != (change.Value == 0)) return "An ETag is missing or too many.";
            if (etag != 0 && etag <= _lastETag) return $"ETag {etag} comes after {_lastETag}.";
            _lastETag = Math.Max(_lastETag, etag);
            (State.Values[change.Key], State.ETags[change.Key]) = (change.Value, etag);
        }
        return null;
    }

    private static bool Holds(TableChange change, TablesState state) => change.Kind switch
    {
        TableOperationKind.Insert => state.Values[change.Key] == 0,
        TableOperationKind.Upsert => true,
        _ => state.Values[change.Key] != 0 && (change.ETag == -1 || change.ETag == state.ETags[change.Key]),
    };

    private bool Same(TablesState state, TablesState found)
    {
        if (!state.Values.AsSpan().SequenceEqual(found.Values)) return false;
        for (var key = 0; key < found.ETags.Length; key++)
        {
            if (state.ETags[key] == -1 ? found.ETags[key] <= _lastETag : state.ETags[key] != found.ETags[key]) return false;
        }
        return true;
    }

    private string Difference(TablesState found)
    {
        var keys = Enumerable.Range(0, found.Values.Length).Where(key => found.Values[key] != State.Values[key] || found.ETags[key] != State.ETags[key]);
        return $"The tables differ from all {_possible.Count + 1} states that they may have: "
            + string.Join(", ", keys.Select(key => $"key {key} is {found.Values[key]} ({found.ETags[key]:x}) and was {State.Values[key]} ({State.ETags[key]:x})"));
    }
}
