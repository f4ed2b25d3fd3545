using System.Globalization;
using System.Text.Json;
using Perennial.Core.Ports;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Rollout;

/// <summary>
/// The state of rollouts: table <c>rollouts</c>, partition the model, row the padded version. The ids that were counted are content of
/// their own, since thousands of them outgrow a property.
/// </summary>
public sealed class RolloutJournal(ITableStore tables, IContentStore content)
{
    private const string Table = "rollouts";

    /// <summary>The rollout of a version, or null.</summary>
    public async Task<StoredRollout?> Find(string model, int version, CancellationToken cancellationToken) =>
        await tables.Get(Table, model, Row(version), cancellationToken) is { } entity ? Read(entity) : null;

    /// <summary>All rollouts of a model, by version.</summary>
    public async Task<IReadOnlyList<StoredRollout>> List(string model, CancellationToken cancellationToken) =>
        [.. (await tables.QueryAll(new TableQuery(Table, model), cancellationToken)).Select(Read)];

    /// <summary>Adds a rollout; false when the version has one already.</summary>
    public async Task<bool> Add(RolloutState state, CancellationToken cancellationToken) =>
        (await tables.Write(Table, state.Record.Model, [TableOperation.Insert(Row(state.Record.Challenger), Write(state))], cancellationToken)).Succeeded;

    /// <summary>Replaces a rollout's state; false when somebody else was first, and then nothing has changed.</summary>
    public async Task<bool> Replace(StoredRollout before, RolloutState state, CancellationToken cancellationToken) =>
        (await tables.Write(Table, state.Record.Model, [TableOperation.Replace(Row(state.Record.Challenger), Write(state), before.ETag)], cancellationToken)).Succeeded;

    /// <summary>The ids that the state has counted.</summary>
    public async Task<HashSet<string>> Counted(RolloutState state, CancellationToken cancellationToken) =>
        state.Counted is { } hash ? (await content.GetJson<HashSet<string>>(hash, cancellationToken)).ToHashSet(StringComparer.Ordinal) : new HashSet<string>(StringComparer.Ordinal);

    private static string Row(int version) => version.ToString("D8", CultureInfo.InvariantCulture);

    private static Dictionary<string, string> Write(RolloutState state) => new() { ["json"] = JsonSerializer.Serialize(state, CoreJson.Options) };

    private static StoredRollout Read(TableEntity entity) => new(JsonSerializer.Deserialize<RolloutState>(entity.Properties["json"], CoreJson.Options)!, entity.ETag);
}

/// <summary>A state with the ETag it was read under.</summary>
/// <param name="State">The state.</param>
/// <param name="ETag">Its ETag.</param>
public sealed record StoredRollout(RolloutState State, string ETag);

/// <summary>All that is known of a rollout.</summary>
/// <param name="Record">What queries show.</param>
/// <param name="Evidence">The betting test so far.</param>
/// <param name="Counted">The ids that have entered it (content: a JSON array).</param>
/// <param name="Decision">What was decided and is being carried out: saved first, so that a crash in between changes nothing.</param>
public sealed record RolloutState(RolloutRecord Record, BettingState Evidence, ContentHash? Counted = null, RolloutDecision? Decision = null);

/// <summary>A decision.</summary>
/// <param name="Status">Promoted, rejected or superseded.</param>
/// <param name="Reason">Why, with the figures.</param>
public sealed record RolloutDecision(RolloutStatus Status, string Reason);
