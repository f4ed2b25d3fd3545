using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Learning;

namespace Perennial.Core.Serving;

/// <summary>
/// Takes labels as they become known, before or after their predictions. The newest label of an id, by the clock of the host that took it, is the one that training
/// sees; of those of one call the last.
/// </summary>
public sealed class LabelService(
    ModelRegistry registry, LoadedVersions versions, LabelledTraffic traffic, IPredictionLog log, IOrchestrationClient orchestrations, TimeProvider clock)
{
    /// <summary>Appends labels durably.</summary>
    public async Task<Outcome<LabelsResponse>> Add(string model, LabelsRequest request, CancellationToken cancellationToken = default)
    {
        if (request.Labels is null) return Problem.Invalid("no-labels", "The body has no 'labels'.");
        if (ServingLimits.Check(request.Labels.Count, "labels") is { } size) return size;
        if (await registry.FindModel(model, cancellationToken) is null) return Problem.NotFound("model-unknown", $"There is no model '{model}'.");
        if (await Newest(model, cancellationToken) is not { } version)
            return Problem.Conflict("no-version", $"Model '{model}' has no version yet, so what a label may be is not known. Train one first.");
        var signature = (await versions.Load(version, cancellationToken)).Signature;

        var faults = new List<Fault>();
        var now = clock.GetUtcNow();
        var records = new List<LogRecord>(request.Labels.Count);
        for (var i = 0; i < request.Labels.Count && faults.Count < 100; i++)
        {
            if (request.Labels[i] is not var (id, value)) faults.Add(new Fault($"labels[{i}]", "A label is a JSON object with 'id' and 'label', not null."));
            else if (ServingLimits.FaultOf(id) is { } badId) faults.Add(new Fault($"labels[{i}].id", badId));
            else if (LabelValue.Read(signature, value, out var text) is { } badValue) faults.Add(new Fault($"labels[{i}].label", badValue));
            else records.Add(new LogRecord(now, JsonSerializer.SerializeToUtf8Bytes(new LabelRecord(id, text, signature.Label), CoreJson.Options)));
        }
        if (faults.Count > 0) return Problem.Invalid("bad-labels", "Some labels cannot be used. None was kept.", faults);

        await log.Append(LogStreams.Labels(model), records, cancellationToken);
        if (await registry.FindAlias(model, ModelRegistry.Challenger, cancellationToken) is { } challenger)
            await orchestrations.Hint(LifecycleNames.RolloutId(model, challenger.Version), LifecycleNames.EvidenceEvent, Nothing.Value, cancellationToken);
        var unknown = await traffic.CountUnknown(model, request.Labels.Select(l => l.Id), cancellationToken);
        return new LabelsResponse(records.Count, unknown);
    }

    // Before the first champion there may be a version that waits for approval: its signature serves as well.
    private async Task<ModelVersion?> Newest(string model, CancellationToken cancellationToken) =>
        await registry.FindAlias(model, ModelRegistry.Champion, cancellationToken) is { } champion
            ? await registry.FindVersion(model, champion.Version, cancellationToken)
            : (await registry.ListVersions(model, cancellationToken)).LastOrDefault();
}

/// <summary>Labels that have become known: at most 10,000 a call.</summary>
/// <param name="Labels">One a prediction.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LabelsRequest(IReadOnlyList<LabelItem> Labels);

/// <summary>The label of a prediction.</summary>
/// <param name="Id">The prediction's id.</param>
/// <param name="Label">The class's name (or true, false, a number, where the classes are such), or the number for regression.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record LabelItem(string Id, JsonElement Label);

/// <summary>What became of labels.</summary>
/// <param name="Accepted">Kept.</param>
/// <param name="Unknown">Those of them whose prediction has not been seen (yet).</param>
public sealed record LabelsResponse(int Accepted, int Unknown);

/// <summary>Labels as text, as the log keeps them.</summary>
public static class LabelValue
{
    /// <summary>Reads a label; says what is wrong with it, or null.</summary>
    public static string? Read(ModelSignature signature, JsonElement value, out string text)
    {
        text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            JsonValueKind.Number when value.TryGetDouble(out var number) => number.ToString("R", CultureInfo.InvariantCulture),
            _ => "",
        };
        if (signature.Task == TaskKind.Regression)
            return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var finite) && double.IsFinite(finite) ? null : "A finite JSON number is wanted.";
        // A third value would make the next dataset one that no binary model fits; several classes may grow new ones.
        if (signature.Task == TaskKind.Binary)
            return signature.Classes.Contains(text, StringComparer.Ordinal) ? null : $"'{signature.Classes[0]}' or '{signature.Classes[1]}' is wanted.";
        return text.Length is > 0 and <= 1000 ? null : $"The name of a class is wanted, e.g. '{signature.Classes[0]}'.";
    }

    /// <summary>The label as the metrics take it: the class's index, or the number; null when it is a class that the version does not know, or no number.</summary>
    public static double? ToNumber(ModelSignature signature, string text)
    {
        if (signature.Task == TaskKind.Regression)
            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;
        for (var k = 0; k < signature.Classes.Count; k++)
            if (signature.Classes[k] == text) return k;
        return null;
    }
}
