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
}
