using System.Buffers;
using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving.Traffic;

namespace Perennial.Core.Serving;

/// <summary>Predictions joined with the labels that came for them: what monitors, rollouts and retrainings look at.</summary>
public sealed class LabelledTraffic
{
    /// <summary>The table that says what of a log has been read and put in order; it is of no use for another log, and can be made again from its own.</summary>
    public const string Table = "traffic";

    private readonly ConcurrentDictionary<string, TrafficIndex> _indices = new(StringComparer.Ordinal);
    private readonly ModelSpecs _specs;
    private readonly Func<string, TrafficIndex> _open;

    /// <param name="log">Predictions and labels.</param>
    /// <param name="specs">The models' specs.</param>
    /// <param name="tables">Say what of the log has been put in order.</param>
    /// <param name="content">Where that is.</param>
    public LabelledTraffic(IPredictionLog log, ModelSpecs specs, ITableStore tables, IContentStore content)
        : this(log, specs, tables, content, TrafficSealing.Default)
    {
    }

    internal LabelledTraffic(IPredictionLog log, ModelSpecs specs, ITableStore tables, IContentStore content, TrafficSealing sealing)
    {
        var (store, pages) = (new SealedStore(tables, content), new SealedPages(content, sealing));
        (_specs, _open) = (specs, model => new TrafficIndex(log, model, store, pages, sealing));
    }

    /// <summary>Predictions answered in [from, to), ordered by time and then id.</summary>
    public Task<IReadOnlyList<JoinedPrediction>> Window(string model, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken = default) =>
        Index(model).Look(index => index.Window(from, to, cancellationToken), merge: true, cancellationToken);

    /// <summary>How many of the model's predictions got their first label after the instant.</summary>
    public Task<int> CountLabelledSince(string model, DateTimeOffset instant, CancellationToken cancellationToken = default) =>
        Index(model).Look(index => index.CountLabelledSince(instant, cancellationToken), merge: true, cancellationToken);

    /// <summary>How many of the ids have no prediction (yet).</summary>
    public Task<int> CountUnknown(string model, IEnumerable<string> ids, CancellationToken cancellationToken = default) =>
        Index(model).Look(index => index.CountUnknown(ids, cancellationToken), merge: false, cancellationToken);

    /// <summary>
    /// All predictions so far that have a label of the spec's present column, as rows to train on; null when there is none. A row that was
    /// sent without the time by which the spec orders rows gets the time of its prediction: without one it would count as the oldest.
    /// </summary>
    public async Task<TrafficExport?> Export(string model, CancellationToken cancellationToken = default)
    {
        var spec = await _specs.Find(model, cancellationToken);
        if (!spec.Succeeded) throw new InvalidOperationException(spec.Problem.Detail);
        var column = spec.Value.Label;
        var (rows, cursor) = await Index(model).Look(
            async index => ((await index.Window(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, cancellationToken))
                .Where(p => p.Label is not null && (p.LabelColumn ?? column) == column).ToArray(), index.Cursor),
            merge: true, cancellationToken);
        if (rows.Length == 0) return null;
        var buffer = new ArrayBufferWriter<byte>();
        foreach (var row in rows) Write(buffer, row, column, spec.Value.Data.Time);
        return new TrafficExport(buffer.WrittenMemory, rows.Length, cursor);
    }

    private TrafficIndex Index(string model) => _indices.GetOrAdd(model, _open);

    private static void Write(ArrayBufferWriter<byte> buffer, JoinedPrediction prediction, string label, string? time)
    {
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = CoreJson.Options.Encoder }))
        {
            json.WriteStartObject();
            foreach (var property in prediction.Row.EnumerateObject())
                if (property.Name != label && (property.Name != time || property.Value.ValueKind != JsonValueKind.Null)) property.WriteTo(json);
            if (time is not null && (!prediction.Row.TryGetProperty(time, out var known) || known.ValueKind == JsonValueKind.Null))
                json.WriteString(time, prediction.At.UtcDateTime);
            // The readers know the label's declared type: text serves for every one but a JSON number or boolean, which stay such.
            if (prediction.Label is "true" or "false") json.WriteBoolean(label, prediction.Label == "true");
            else if (IsNumber(prediction.Label, out var number)) json.WriteNumber(label, number);
            else json.WriteString(label, prediction.Label);
            json.WriteEndObject();
        }
        buffer.Write("\n"u8);
    }

    // A class such as 007 or 1e3 is no number: it would come back as another class.
    private static bool IsNumber(string? text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number)
        && number.ToString("R", CultureInfo.InvariantCulture) == text;
}
