using System.Text;
using System.Text.Json;
using Perennial.Core;
using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <summary>The whole history of one generation as JSON that people can read, so that it can be kept and run again by a later build.</summary>
/// <param name="Orchestration">The orchestration.</param>
/// <param name="Version">The version of its code that the generation began with.</param>
/// <param name="InstanceId">The instance.</param>
/// <param name="Serial">Which instance of that id: ids that the code makes follow from it.</param>
/// <param name="Generation">From 0.</param>
/// <param name="Events">What happened, in order.</param>
internal sealed record RecordedHistory(string Orchestration, int Version, string InstanceId, long Serial, int Generation, IReadOnlyList<RecordedEvent> Events)
{
    /// <summary>What an instance's present generation has been through.</summary>
    public static RecordedHistory Of(Instance instance) =>
        new(instance.Name, instance.Version, instance.Id, instance.Serial, instance.Generation, [.. instance.History.Select(RecordedEvent.Of)]);

    /// <summary>What a file holds.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static RecordedHistory Read(string json) => JsonSerializer.Deserialize<RecordedHistory>(json, CoreJson.Options) ?? throw new JsonException("A null where a history is needed.");

    /// <summary>As a file holds it.</summary>
    public string Write() => JsonSerializer.Serialize(this, CoreJson.Indented) + "\n";

    /// <summary>What the code was told and did, without when and with what: two histories of one shape are alike but for the order of calls side by side.</summary>
    public string Shape() => string.Join('\n', Events.Select(e => $"{e.Kind} {e.Name}"));

    /// <summary>Runs today's code over the history.</summary>
    /// <exception cref="OrchestrationFault">The code does not match it; the message names the event, what was expected and what the code did.</exception>
    public void Replay(OrchestrationCatalog catalog)
    {
        var head = new InstanceHead(InstanceId, Serial, Orchestration, CreatedAt: 0, Parent: null);
        var instance = new Instance(head) { Version = Version, Generation = Generation };
        instance.Record([.. Events.Select(e => e.ToEvent())]);
        Local.Orchestration.Replay.Of(instance, catalog);
    }
}

/// <summary>One event of a recorded history.</summary>
internal sealed record RecordedEvent(
    string Kind, DateTimeOffset Time, int Step, string? Name, JsonElement? Data, DateTimeOffset? Due, int? Attempt, string? Target, JsonElement? Retry)
{
    private static readonly Dictionary<string, EventKind> Kinds = Enum.GetValues<EventKind>().ToDictionary(HistoryEvent.Label, StringComparer.Ordinal);

    public static RecordedEvent Of(HistoryEvent e) => new(
        HistoryEvent.Label(e.Kind), Instance.Instant(e.Time), e.Step, e.Name, PayloadJson.ElementOrNull(e.Data), e.Due == 0 ? null : Instance.Instant(e.Due),
        e.Attempt == 0 ? null : e.Attempt, e.Target, PayloadJson.ElementOrNull(e.Retry));

    public HistoryEvent ToEvent() => new(Kinds.TryGetValue(Kind, out var kind) ? kind : throw new JsonException($"'{Kind}' is no kind of event."))
    {
        Time = Time.UtcTicks,
        Step = Step,
        Name = Name,
        Data = Data is { } data ? Utf8(data) : null,
        Due = Due?.UtcTicks ?? 0,
        Attempt = Attempt ?? 0,
        Target = Target,
        Retry = Retry is { } retry ? Utf8(retry) : null,
    };

    private static byte[] Utf8(JsonElement json) => Encoding.UTF8.GetBytes(json.GetRawText());
}
