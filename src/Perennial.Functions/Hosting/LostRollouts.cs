using Microsoft.Extensions.Logging;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;

namespace Perennial.Functions.Hosting;

/// <summary>
/// Rollouts that are wanted and have no living instance: it failed, or it was forgotten and whoever forgot it did not come to start it again. One
/// that somebody terminated stays so for as long as its instance is remembered.
/// </summary>
internal sealed class LostRollouts(ModelRegistry registry, RolloutService rollouts, IOrchestrationClient orchestrations, ILogger log)
{
    /// <summary>Starts those of a model again.</summary>
    public async Task Revive(string model, CancellationToken cancellationToken)
    {
        var begun = await rollouts.List(model, cancellationToken);
        foreach (var rollout in begun.Where(rollout => rollout.Status == RolloutStatus.Shadow))
        {
            var state = await orchestrations.Get(rollout.Id, cancellationToken);
            if (state is null or { Status: OrchestrationStatus.Failed }) await Start(model, rollout.Challenger, state, cancellationToken);
        }
        await ReviveUnrecorded(model, begun, cancellationToken);
    }

    // A rollout can fail before its first record. The newest is enough: it would take the place of any other. One that is older than the
    // champion, or than a rollout that is undecided, has been overtaken.
    private async Task ReviveUnrecorded(string model, IReadOnlyList<RolloutRecord> begun, CancellationToken cancellationToken)
    {
        if (await registry.FindAlias(model, ModelRegistry.Champion, cancellationToken) is not { } champion) return;
        var overtaken = begun.Where(rollout => rollout.Status == RolloutStatus.Shadow).Select(rollout => rollout.Challenger).Append(champion.Version).Max();
        var known = begun.Select(rollout => rollout.Challenger).ToHashSet();
        var candidates = (await registry.ListVersions(model, cancellationToken))
            .Where(version => version.Version > overtaken && version.State is VersionState.Registered or VersionState.Challenger && !known.Contains(version.Version))
            .OrderByDescending(version => version.Version);
        foreach (var version in candidates)
        {
            var state = await orchestrations.Get(LifecycleNames.RolloutId(model, version.Version), cancellationToken);
            // Without an instance nothing but its being the challenger tells of its rollout.
            if (state is null ? version.State != VersionState.Challenger : state.Status != OrchestrationStatus.Failed) continue;
            var challenges = await registry.StartChallenge(model, version.Version, "Its rollout failed before its first record, and begins again.", cancellationToken);
            if (challenges.Succeeded) await Start(model, version.Version, state, cancellationToken);
            else log.LogWarning("The rollout of version {Version} of {Model} is not begun again: {Reason}", version.Version, model, challenges.Problem.Detail);
            return;
        }
    }

    private async Task Start(string model, int version, OrchestrationState? failed, CancellationToken cancellationToken)
    {
        if (failed is not null) log.Forgets(failed);
        else log.LogWarning("The rollout of version {Version} of {Model} is undecided and has no instance. It is started again.", version, model);
        var started = await rollouts.Start(model, version, cancellationToken);
        if (!started.Succeeded) throw new InvalidOperationException($"The rollout of version {version} of model '{model}' could not be started again: {started.Problem.Detail}");
    }
}
