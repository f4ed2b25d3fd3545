using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Core.Rollout;

/// <summary>Starts rollouts and shows them.</summary>
public sealed class RolloutService(RolloutJournal journal, ModelRegistry registry, IOrchestrationClient orchestrations)
{
    /// <summary>The rollout of a version, or null when it has none.</summary>
    public async Task<RolloutRecord?> Get(string model, int version, CancellationToken cancellationToken = default) =>
        (await journal.Find(model, version, cancellationToken))?.State.Record;

    /// <summary>A model's rollouts, by version.</summary>
    public async Task<IReadOnlyList<RolloutRecord>> List(string model, CancellationToken cancellationToken = default) =>
        [.. (await journal.List(model, cancellationToken)).Select(r => r.State.Record)];

    /// <summary>Starts the rollout of a version; starting it again changes nothing.</summary>
    public async Task<Outcome<VersionKey>> Start(string model, int version, CancellationToken cancellationToken = default)
    {
        if (await registry.FindVersion(model, version, cancellationToken) is null)
            return Problem.NotFound("version-unknown", $"Model '{model}' has no version {version}.");
        if (await registry.FindAlias(model, ModelRegistry.Champion, cancellationToken) is null)
            return Problem.Conflict("no-champion", $"Model '{model}' has no champion to challenge. Promote version {version} instead.");
        var key = new VersionKey(model, version);
        await orchestrations.Start(LifecycleNames.Rollout, LifecycleNames.RolloutId(model, version), key, cancellationToken);
        return key;
    }

    /// <summary>Lets undecided rollouts look at once: somebody has changed what they compare.</summary>
    public async Task Look(string model, CancellationToken cancellationToken = default)
    {
        foreach (var rollout in (await List(model, cancellationToken)).Where(r => r.Status == RolloutStatus.Shadow))
            await orchestrations.Hint(rollout.Id, LifecycleNames.EvidenceEvent, Nothing.Value, cancellationToken);
    }
}
