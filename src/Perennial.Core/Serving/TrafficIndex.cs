using System.Text.Json;
using Perennial.Core.Ports;

namespace Perennial.Core.Serving;

/// <summary>
/// One model's predictions joined with their labels by id, read from the log as far as it goes and caught up from the cursors. It can be
/// rebuilt from the log at any time. It holds every logged row of the model in memory; a later depth bounds it by the monitor's window.
/// </summary>
internal sealed class TrafficIndex(IPredictionLog log, string model)
{
    private const int PageRows = 5000;
    private static readonly Comparer<(DateTimeOffset At, PredictionRecord Record)> Order = Comparer<(DateTimeOffset At, PredictionRecord Record)>.Create(Compare);
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, (string First, string Newest, DateTimeOffset FirstAt, string? Column)> _labels = new(StringComparer.Ordinal);
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly List<(DateTimeOffset At, PredictionRecord Record)> _predictions = [];
    private string? _predictionCursor;
    private string? _labelCursor;

    /// <summary>Catches up with the log, then looks.</summary>
    public async Task<T> Look<T>(Func<TrafficIndex, T> look, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // Labels last: a label that is there when its prediction is read belongs to it, one that comes later is met next time.
            _predictionCursor = await CatchUp(LogStreams.Predictions(model), _predictionCursor, AddPrediction, cancellationToken);
            _labelCursor = await CatchUp(LogStreams.Labels(model), _labelCursor, AddLabel, cancellationToken);
            return look(this);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Whether a prediction of that id is there.</summary>
    public bool Knows(string id) => _ids.Contains(id);

    /// <summary>Predictions answered in [from, to), ordered by time and then id.</summary>
    public IReadOnlyList<JoinedPrediction> Window(DateTimeOffset from, DateTimeOffset to) =>
        [.. _predictions.GetRange(FirstAt(from), Math.Max(0, FirstAt(to) - FirstAt(from))).Select(p => Join(p.At, p.Record))];

    /// <summary>How many predictions got their first label after the instant.</summary>
    public int CountLabelledSince(DateTimeOffset instant) =>
        _predictions.Count(p => _labels.TryGetValue(p.Record.Id, out var label) && label.FirstAt > instant);

    /// <summary>Where the log of predictions has been read to.</summary>
    public string? Cursor => _predictionCursor;

    private JoinedPrediction Join(DateTimeOffset at, PredictionRecord record)
    {
        var labelled = _labels.TryGetValue(record.Id, out var label);
        return new JoinedPrediction(record.Id, at, record.Version, record.Row, record.Scores, record.Shadow, labelled ? label.Newest : null, labelled ? label.First : null, label.Column);
    }

    private void AddPrediction(LogRecord record)
    {
        var prediction = JsonSerializer.Deserialize<PredictionRecord>(record.Payload.Span, CoreJson.Options)!;
        // The first prediction of an id is the one that its label belongs to.
        if (!_ids.Add(prediction.Id)) return;
        // The log is nearly in order of time: calls that answer side by side may have swapped, and the ids of one call come in any order.
        var added = (record.Time, prediction);
        var after = _predictions.Count == 0 || Compare(_predictions[^1], added) < 0;
        _predictions.Insert(after ? _predictions.Count : ~_predictions.BinarySearch(added, Order), added);
    }

    private static int Compare((DateTimeOffset At, PredictionRecord Record) one, (DateTimeOffset At, PredictionRecord Record) other) =>
        one.At != other.At ? one.At.CompareTo(other.At) : string.CompareOrdinal(one.Record.Id, other.Record.Id);

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

    private void AddLabel(LogRecord record)
    {
        var label = JsonSerializer.Deserialize<LabelRecord>(record.Payload.Span, CoreJson.Options)!;
        _labels[label.Id] = _labels.TryGetValue(label.Id, out var known)
            ? (known.First, label.Value, known.FirstAt, label.Column)
            : (label.Value, label.Value, record.Time, label.Column);
    }

    private async Task<string?> CatchUp(string stream, string? cursor, Action<LogRecord> add, CancellationToken cancellationToken)
    {
        while (true)
        {
            var page = await log.Read(stream, cursor, PageRows, cancellationToken);
            foreach (var record in page.Records) add(record);
            if (page.Records.Count == 0) return page.Cursor;
            cursor = page.Cursor;
        }
    }
}
