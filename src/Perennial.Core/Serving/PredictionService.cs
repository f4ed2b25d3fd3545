using System.Text.Json;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;

namespace Perennial.Core.Serving;

/// <summary>
/// Answers rows: the champion's scores, logged durably before they are given. A challenger, where there is one, scores the same rows
/// unseen; whatever it does never changes or fails the answer. While the log has no space left, is damaged or cannot be reached, the answer
/// is given all the same and says that it was not logged.
/// </summary>
/// <param name="registry">Which version answers.</param>
/// <param name="specs">What is never logged.</param>
/// <param name="versions">The versions.</param>
/// <param name="log">Where predictions are kept.</param>
/// <param name="clock">When they were made.</param>
/// <param name="told">Told when predictions are not logged, at most once a minute, and when they are again.</param>
public sealed class PredictionService(
    ModelRegistry registry, ModelSpecs specs, LoadedVersions versions, IPredictionLog log, TimeProvider clock, Action<PredictionLogging>? told = null)
{
    private readonly UnloggedPredictions _unlogged = new(clock, told);

    /// <summary>Whether predictions are being logged.</summary>
    public PredictionLogging Logging => _unlogged.Now;

    /// <summary>Predicts with the champion.</summary>
    public async Task<Outcome<PredictResponse>> Predict(string model, PredictRequest request, CancellationToken cancellationToken = default)
    {
        if (Check(request) is { } problem) return problem;
        var spec = await specs.Find(model, cancellationToken);
        if (!spec.Succeeded) return spec.Problem;
        var aliases = await registry.ListAliases(model, cancellationToken);
        if (await Find(model, aliases, ModelRegistry.Champion, cancellationToken) is not { } champion)
            return Problem.Conflict("no-champion", $"Model '{model}' has no champion yet. Upload data and ask for a run; its first version that passes the gates answers.");
        var loaded = await versions.Load(champion, cancellationToken);
        var frame = RequestReader.Read(loaded.Signature, request.Rows);
        if (!frame.Succeeded) return frame.Problem;

        var now = clock.GetUtcNow();
        var ids = request.Ids ?? [.. request.Rows.Select(_ => Guid.CreateVersion7(now).ToString("N"))];
        var scores = loaded.Predictor.Score(frame.Value);
        if (NotFinite(scores) is { } overflow) return overflow;
        var explained = await Explained(loaded, request, frame.Value, scores);
        if (!explained.Succeeded) return explained.Problem;
        var challenger = await Find(model, aliases, ModelRegistry.Challenger, cancellationToken);
        var shadow = challenger is null ? null : await Shadow(challenger, request.Rows, cancellationToken);
        var unlogged = spec.Value.Privacy.Unlogged.Append(loaded.Signature.Label).ToHashSet(StringComparer.Ordinal);
        var records = Records(request.Rows, ids, champion.Version, scores, shadow, unlogged, now);
        if (TooLarge(records) is { } tooLarge) return tooLarge;
        var full = await Log(model, records, cancellationToken);
        return Answer(model, loaded, frame.Value, ids, scores, explained.Value) with { Logged = full is null, Warning = full };
    }

    /// <summary>Predicts with a named version, without logging: for looking, comparing and explaining.</summary>
    public async Task<Outcome<PredictResponse>> PredictWith(string model, int version, PredictRequest request, CancellationToken cancellationToken = default)
    {
        if (Check(request) is { } problem) return problem;
        if (await registry.FindVersion(model, version, cancellationToken) is not { } found)
            return Problem.NotFound("version-unknown", $"Model '{model}' has no version {version}; /api/models/{model}/versions lists them.");
        var loaded = await versions.Load(found, cancellationToken);
        var frame = RequestReader.Read(loaded.Signature, request.Rows);
        if (!frame.Succeeded) return frame.Problem;
        var ids = request.Ids ?? [.. Enumerable.Range(0, request.Rows.Count).Select(i => $"row-{i}")];
        var scores = loaded.Predictor.Score(frame.Value);
        if (NotFinite(scores) is { } overflow) return overflow;
        var explained = await Explained(loaded, request, frame.Value, scores);
        return explained.Succeeded ? Answer(model, loaded, frame.Value, ids, scores, explained.Value) : explained.Problem;
    }

    // Before anything is logged, so that a call that cannot be explained leaves no trace.
    private static async Task<Outcome<Explanation[]?>> Explained(LoadedVersion loaded, PredictRequest request, Frame frame, Scores scores)
    {
        if (request.Explain is not { } columns) return (Explanation[]?)null;
        var explainer = await loaded.Explain();
        return explainer.Succeeded ? explainer.Value.Explain(loaded.Signature, request.Rows, frame, scores, columns) : explainer.Problem;
    }

    /// <summary>Appends durably; when there is no space left, writing is not allowed, or the log is damaged or cannot be reached, says so instead of failing.</summary>
    private async Task<string?> Log(string model, LogRecord[] records, CancellationToken cancellationToken)
    {
        try
        {
            await log.Append(LogStreams.Predictions(model), records, cancellationToken);
        }
        catch (IOException reason) when (reason is StoreFullException or StoreReadOnlyException or StoreDamagedException or StoreUnavailableException)
        {
            _unlogged.Add(records.Length, reason);
            return $"These predictions are not in the log, so labels sent for them will find nothing. {reason.Message}";
        }
        _unlogged.End();
        return null;
    }

    private static Problem? Check(PredictRequest request)
    {
        if (request.Rows is null) return Problem.Invalid("no-rows", "The body has no 'rows'.");
        if (ServingLimits.Check(request.Rows.Count, "rows") is { } size) return size;
        if (ServingLimits.CheckExplain(request.Explain, request.Rows.Count) is { } explain) return explain;
        if (request.Ids is not { } ids) return null;
        if (ids.Count != request.Rows.Count)
            return Problem.Invalid("ids-do-not-fit", $"There are {ids.Count} ids for {request.Rows.Count} rows. Give one a row, or none at all.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var faults = ids.Select((id, i) => (Where: $"ids[{i}]", Fault: ServingLimits.FaultOf(id) ?? (seen.Add(id) ? null : $"'{id}' stands twice in the call.")))
            .Where(f => f.Fault is not null).Take(100).Select(f => new Fault(f.Where, f.Fault!)).ToArray();
        return faults.Length > 0 ? Problem.Invalid("bad-ids", "Some ids cannot be used. Nothing was predicted.", faults) : null;
    }

    // Finite numbers may still be too large for the graph's arithmetic; such an answer says nothing and would spoil what is measured later.
    private static Problem? NotFinite(Scores scores)
    {
        var faults = new List<Fault>();
        for (var row = 0; row < scores.RowCount && faults.Count < 100; row++)
            foreach (var score in scores.Row(row))
                if (!double.IsFinite(score) && faults.All(f => f.Where != $"rows[{row}]")) faults.Add(new Fault($"rows[{row}]", "The row's numbers are too large: the version's score of it is no finite number."));
        return faults.Count > 0 ? Problem.Invalid("score-not-finite", "The version has no finite score for some rows. Nothing was predicted.", faults) : null;
    }

    private static Problem? TooLarge(LogRecord[] records)
    {
        var faults = records.Select((record, row) => (row, record.Payload.Length)).Where(r => r.Length > ServingLimits.RowBytes).Take(100)
            .Select(r => new Fault($"rows[{r.row}]", $"The row takes {r.Length} bytes in the log; at most {ServingLimits.RowBytes} fit.")).ToArray();
        return faults.Length > 0 ? new Problem(ProblemKind.TooLarge, "row-too-large", "Some rows are too large to log. Nothing was predicted.", faults) : null;
    }

    private async Task<ModelVersion?> Find(string model, IReadOnlyList<ModelAlias> aliases, string alias, CancellationToken cancellationToken) =>
        aliases.FirstOrDefault(a => a.Alias == alias) is { } found ? await registry.FindVersion(model, found.Version, cancellationToken) : null;

    private async Task<(int Version, Scores? Scores, string? Failure)?> Shadow(ModelVersion challenger, IReadOnlyList<JsonElement> rows, CancellationToken cancellationToken)
    {
        try
        {
            var loaded = await versions.Load(challenger, cancellationToken);
            var frame = RequestReader.Read(loaded.Signature, rows);
            return frame.Succeeded
                ? (challenger.Version, loaded.Predictor.Score(frame.Value), null)
                : (challenger.Version, null, frame.Problem.Faults?[0] is { } fault ? $"{fault.Where}: {fault.Message}" : frame.Problem.Detail);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The challenger is on trial, not the caller: its failure is evidence, kept in the log.
            return (challenger.Version, null, exception.Message);
        }
    }

    private static LogRecord[] Records(
        IReadOnlyList<JsonElement> rows, IReadOnlyList<string> ids, int version, Scores scores,
        (int Version, Scores? Scores, string? Failure)? shadow, HashSet<string> unlogged, DateTimeOffset now)
    {
        var records = new LogRecord[rows.Count];
        for (var row = 0; row < records.Length; row++)
        {
            var shadowed = shadow is { } s ? new ShadowRecord(s.Version, s.Scores?.Row(row).ToArray(), s.Failure) : null;
            var record = new PredictionRecord(ids[row], version, Without(rows[row], unlogged), scores.Row(row).ToArray(), shadowed);
            records[row] = new LogRecord(now, JsonSerializer.SerializeToUtf8Bytes(record, CoreJson.Options));
        }
        return records;
    }

    private static JsonElement Without(JsonElement row, HashSet<string> columns) =>
        row.EnumerateObject().Any(p => columns.Contains(p.Name))
            ? JsonSerializer.SerializeToElement(row.EnumerateObject().Where(p => !columns.Contains(p.Name)).ToDictionary(p => p.Name, p => p.Value), CoreJson.Options)
            : row;

    private static PredictResponse Answer(string model, LoadedVersion loaded, Frame frame, IReadOnlyList<string> ids, Scores scores, Explanation[]? explained)
    {
        var unseen = UnseenLevels.In(loaded.Signature, frame);
        var predictions = new RowPrediction[ids.Count];
        for (var row = 0; row < predictions.Length; row++)
            predictions[row] = Answers.Of(loaded.Signature, ids[row], scores.Row(row), unseen(row)) with { Explanation = explained?[row] };
        return new PredictResponse(model, loaded.Version.Version, predictions, Logged: false);
    }
}
