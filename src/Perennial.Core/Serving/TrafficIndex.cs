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
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, (string First, string Newest, DateTimeOffset FirstAt)> _labels = new(StringComparer.Ordinal);
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
    [
        .. _predictions.Where(p => p.At >= from && p.At < to)
            .OrderBy(p => p.At).ThenBy(p => p.Record.Id, StringComparer.Ordinal)
            .Select(p => Join(p.At, p.Record)),
    ];

    /// <summary>How many predictions got their first label after the instant.</summary>
    public int CountLabelledSince(DateTimeOffset instant) =>
        _predictions.Count(p => _labels.TryGetValue(p.Record.Id, out var label) && label.FirstAt > instant);

    /// <summary>Where the log of predictions has been read to.</summary>
    public string? Cursor => _predictionCursor;

    private JoinedPrediction Join(DateTimeOffset at, PredictionRecord record)
    {
        var labelled = _labels.TryGetValue(record.Id, out var label);
        return new JoinedPrediction(record.Id, at, record.Version, record.Row, record.Scores, record.Shadow, labelled ? label.Newest : null, labelled ? label.First : null);
    }

    private void AddPrediction(LogRecord record)
    {
        var prediction = JsonSerializer.Deserialize<PredictionRecord>(record.Payload.Span, CoreJson.Options)!;
        // The first prediction of an id is the one that its label belongs to.
        if (_ids.Add(prediction.Id)) _predictions.Add((record.Time, prediction));
    }

    private void AddLabel(LogRecord record)
    {
        var label = JsonSerializer.Deserialize<LabelRecord>(record.Payload.Span, CoreJson.Options)!;
        _labels[label.Id] = _labels.TryGetValue(label.Id, out var known)
            ? (known.First, label.Value, known.FirstAt)
            : (label.Value, label.Value, record.Time);
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
