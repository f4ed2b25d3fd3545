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

    /// <summary>
    /// Starts the rollout of a version; starting it again changes nothing, but where it failed undecided: what failed is forgotten, and it goes
    /// on from its record or begins anew.
    /// </summary>
    public async Task<Outcome<VersionKey>> Start(string model, int version, CancellationToken cancellationToken = default)
    {
        if (await registry.FindVersion(model, version, cancellationToken) is null)
            return Problem.NotFound("version-unknown", $"Model '{model}' has no version {version}.");
        var begun = await journal.Find(model, version, cancellationToken);
        // One that has begun ends by itself where its champion is gone.
        if (begun is null && await registry.FindAlias(model, ModelRegistry.Champion, cancellationToken) is null)
            return Problem.Conflict("no-champion", $"Model '{model}' has no champion to challenge. Promote version {version} instead.");
        var key = new VersionKey(model, version);
        var id = LifecycleNames.RolloutId(model, version);
        if (await orchestrations.Start(LifecycleNames.Rollout, id, key, cancellationToken)) return key;
        if (begun is not null && begun.State.Record.Status != RolloutStatus.Shadow) return key;
        if (await orchestrations.Get(id, cancellationToken) is not { Status: OrchestrationStatus.Failed } failed) return key;
        if (!await orchestrations.Purge(id, cancellationToken))
            return new Problem(ProblemKind.Unavailable, "rollout-failed", $"Rollout '{id}' has failed ({failed.Failure?.Message}), and its instance cannot be forgotten now. Try again.");
        await orchestrations.Start(LifecycleNames.Rollout, id, key, cancellationToken);
        return key;
    }

    /// <summary>Lets undecided rollouts look at once: somebody has changed what they compare.</summary>
    public async Task Look(string model, CancellationToken cancellationToken = default)
    {
        foreach (var rollout in (await List(model, cancellationToken)).Where(r => r.Status == RolloutStatus.Shadow))
            await orchestrations.Hint(rollout.Id, LifecycleNames.EvidenceEvent, Nothing.Value, cancellationToken);
    }
}
