using Perennial.Api;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Rollout;

namespace Perennial.Functions.Hosting;

/// <summary>
/// A model's coordinator and monitor never end by themselves, nor does an undecided rollout fail by itself. What ended them, older code above
/// all, left their ids taken: unless they are forgotten, nothing ever starts them again.
/// </summary>
internal static class EternalInstances
{
    /// <summary>Forgets those that have ended, so that they can be started again, and starts failed rollouts again.</summary>
    public static async Task Revive(ApiServices services, IOrchestrationClient orchestrations, CancellationToken cancellationToken)
    {
        foreach (var model in await services.Registry.ListModels(cancellationToken))
        {
            // A run that its coordinator no longer waits for goes on by itself; the next one would call it once more.
            if (!await services.Runs.GoesOn(model.Name, cancellationToken)) await Forget(LifecycleNames.CoordinatorId(model.Name), orchestrations, cancellationToken);
            await Forget(LifecycleNames.MonitorId(model.Name), orchestrations, cancellationToken);
            await ReviveRollouts(model.Name, services, orchestrations, cancellationToken);
        }
    }

    // One that somebody terminated stays so.
    private static async Task ReviveRollouts(string model, ApiServices services, IOrchestrationClient orchestrations, CancellationToken cancellationToken)
    {
        foreach (var rollout in (await services.Rollouts.List(model, cancellationToken)).Where(rollout => rollout.Status == RolloutStatus.Shadow))
        {
            if (await StateOf(rollout.Id, orchestrations, cancellationToken) != OrchestrationStatus.Failed) continue;
            await orchestrations.Purge(rollout.Id, cancellationToken);
            await services.Rollouts.Start(model, rollout.Challenger, cancellationToken);
        }
    }

    private static async Task Forget(string instanceId, IOrchestrationClient orchestrations, CancellationToken cancellationToken)
    {
        if (await StateOf(instanceId, orchestrations, cancellationToken) is OrchestrationStatus.Completed or OrchestrationStatus.Failed or OrchestrationStatus.Terminated)
            await orchestrations.Purge(instanceId, cancellationToken);
    }

    private static async Task<OrchestrationStatus?> StateOf(string instanceId, IOrchestrationClient orchestrations, CancellationToken cancellationToken) =>
        (await orchestrations.Get(instanceId, cancellationToken))?.Status;
}
