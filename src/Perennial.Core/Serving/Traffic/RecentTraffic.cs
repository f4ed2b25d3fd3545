using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Core.Serving.Traffic;

/// <summary>What has been read of a model's log and is not sealed.</summary>
internal sealed class RecentTraffic
{
    private static readonly Comparer<SealedPrediction> Order = Comparer<SealedPrediction>.Create(Compare);
    private readonly Dictionary<string, DateTimeOffset> _ids = new(StringComparer.Ordinal);
    private readonly HashSet<string> _replacing = new(StringComparer.Ordinal);
    private readonly List<string> _unsettled = [];
    private readonly List<SealedPrediction> _predictions = [];
    private readonly Dictionary<string, SealedLabel> _labels = new(StringComparer.Ordinal);

    /// <summary>Records that were read, also those that said nothing new.</summary>
    public int Records { get; private set; }

    /// <summary>Their bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The predictions, ordered by time and then id.</summary>
    public IReadOnlyList<SealedPrediction> Predictions => _predictions;

    /// <summary>The labels, in no order.</summary>
    public IReadOnlyCollection<SealedLabel> Labels => _labels.Values;

    /// <summary>Ids of predictions of which it is not known whether they are sealed already.</summary>
    public IReadOnlyList<string> Unsettled => _unsettled;

    public static int Compare(SealedPrediction one, SealedPrediction other) =>
        one.At != other.At ? one.At.CompareTo(other.At) : string.CompareOrdinal(one.Record.Id, other.Record.Id);

    /// <summary>Ids of predictions that are earlier than the one that is sealed.</summary>
    public IReadOnlyCollection<string> Replacing => _replacing;

    public bool Knows(string id) => _ids.ContainsKey(id);

    /// <summary>When the first prediction of an id was answered; null when none was read.</summary>
    public DateTimeOffset? FirstOf(string id) => _ids.TryGetValue(id, out var at) ? at : null;

    public SealedLabel? Label(string id) => _labels.GetValueOrDefault(id);

    public void AddPrediction(LogRecord record)
    {
        Count(record);
        var prediction = JsonSerializer.Deserialize<PredictionRecord>(record.Payload.Span, CoreJson.Options)!;
        var added = new SealedPrediction(record.Time, prediction);
        // The first prediction of an id is the one that its label belongs to.
        if (_ids.TryGetValue(prediction.Id, out var known))
        {
            if (added.At >= known) return;
            _predictions.RemoveAt(_predictions.BinarySearch(added with { At = known }, Order));
        }
        _ids[prediction.Id] = added.At;
        _unsettled.Add(prediction.Id);
        // A log is nearly in order of time: calls that answer side by side may have swapped, the ids of one call come in any order, and one
        // writer's records may come after all of another's.
        var after = _predictions.Count == 0 || Compare(_predictions[^1], added) < 0;
        _predictions.Insert(after ? _predictions.Count : ~_predictions.BinarySearch(added, Order), added);
    }

    public void AddLabel(LogRecord record)
    {
        Count(record);
        var label = JsonSerializer.Deserialize<LabelRecord>(record.Payload.Span, CoreJson.Options)!;
        var added = new SealedLabel(label.Id, label.Value, label.Value, record.Time, record.Time, label.Column);
        _labels[label.Id] = _labels.TryGetValue(label.Id, out var known) ? known.With(added) : added;
    }

    /// <summary>Forgets predictions of which an earlier one is sealed already, and knows of the others which come before one that is.</summary>
    public void Settle(IReadOnlyDictionary<string, SealedId> alreadySealed)
    {
        _unsettled.Clear();
        if (alreadySealed.Count == 0) return;
        _predictions.RemoveAll(prediction =>
            alreadySealed.TryGetValue(prediction.Record.Id, out var first) && first.At <= prediction.At && _ids.Remove(prediction.Record.Id));
        _replacing.UnionWith(alreadySealed.Keys.Where(_ids.ContainsKey));
    }

    /// <summary>Those answered in [from, to).</summary>
    public IEnumerable<SealedPrediction> Window(DateTimeOffset from, DateTimeOffset to) => _predictions.GetRange(FirstAt(from), Math.Max(0, FirstAt(to) - FirstAt(from)));

    private void Count(LogRecord record) => (Records, Bytes) = (Records + 1, Bytes + record.Payload.Length);

    // The first prediction that is not before the instant.
    private int FirstAt(DateTimeOffset instant)
    {
        var (low, high) = (0, _predictions.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_predictions[middle].At < instant) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
