using Microsoft.Extensions.Logging;
using Perennial.Api;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Functions.Hosting;

/// <summary>
/// A model's coordinator and monitor never end by themselves, nor does an undecided rollout fail by itself. What ended them, older code above
/// all, left their ids taken: unless they are forgotten, nothing ever starts them again.
/// </summary>
internal sealed class EternalInstances(ApiServices services, IOrchestrationClient orchestrations, ILogger log)
{
    private readonly LostRollouts _rollouts = new(services.Registry, services.Rollouts, orchestrations, log);

    /// <summary>Forgets those of a model that have ended, so that they can be started again, and starts its lost rollouts again.</summary>
    public async Task Revive(string model, CancellationToken cancellationToken)
    {
        // A run that its coordinator no longer waits for goes on by itself; the next one would call it once more.
        if (!await services.Runs.GoesOn(model, cancellationToken)) await Forget(LifecycleNames.CoordinatorId(model), cancellationToken);
        await Forget(LifecycleNames.MonitorId(model), cancellationToken);
        await _rollouts.Revive(model, cancellationToken);
    }

    private async Task Forget(string instanceId, CancellationToken cancellationToken)
    {
        var state = await orchestrations.Get(instanceId, cancellationToken);
        if (state?.Status is not (OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated)) return;
        log.Forgets(state);
        await orchestrations.Purge(instanceId, cancellationToken);
    }
}

/// <summary>What is told before an instance is forgotten: its history and its failure go with it.</summary>
internal static class ForgottenInstances
{
    public static void Forgets(this ILogger log, OrchestrationState state) => log.LogWarning(
        "{Instance} has ended before its time ({Status}, {Code}: {Message}). It is forgotten and begins again.",
        state.InstanceId, state.Status, state.Failure?.Code ?? "no code", state.Failure?.Message ?? "nothing was said");
}
