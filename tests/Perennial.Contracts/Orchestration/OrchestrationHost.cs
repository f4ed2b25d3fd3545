using Perennial.Core.Ports;

namespace Perennial.Contracts.Orchestration;

/// <summary>A host under the contract: its client and a way to move its clock and to see it come to rest.</summary>
public abstract class OrchestrationHost : IAsyncDisposable
{
    public abstract IOrchestrationClient Client { get; }

    public abstract DateTimeOffset Now { get; }

    /// <summary>Moves the clock on and waits until what fell due has been worked off.</summary>
    public abstract Task Advance(TimeSpan duration);

    /// <summary>Waits until everything left waits for timers or events.</summary>
    public abstract Task WhenIdle();

    public abstract ValueTask DisposeAsync();

    /// <summary>The state of an instance once the host has come to rest.</summary>
    public async Task<OrchestrationState> Settled(string instanceId)
    {
        await WhenIdle();
        return await Client.Get(instanceId) ?? throw new InvalidOperationException($"There is no instance '{instanceId}'.");
    }

    /// <summary>
    /// The state of an instance that has ended. With Durable Functions it ends only when none of its activities runs any more, not even one
    /// that it waits for no longer.
    /// </summary>
    /// <exception cref="TimeoutException">It goes on.</exception>
    public async Task<OrchestrationState> Ended(string instanceId)
    {
        for (var since = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(2);)
        {
            var state = await Settled(instanceId);
            if (state.Status is not (OrchestrationStatus.Running or OrchestrationStatus.Suspended)) return state;
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }

        throw new TimeoutException($"Instance '{instanceId}' has not ended.");
    }
}
