using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>One story that both hosts must tell alike.</summary>
/// <param name="Body">The orchestration <c>Main</c>, instance <c>one</c>.</param>
/// <param name="Drive">What happens to it from outside.</param>
/// <param name="Add">More orchestrations and activities.</param>
internal sealed record Scenario(
    Func<IOrchestrationContext, int, Task<string>> Body, Func<IOrchestrationClient, Task>? Drive = null, Action<BothHosts>? Add = null)
{
    public static readonly OrchestrationName<int, string> Main = new("Main");
    public static readonly OrchestrationName<int, int> Child = new("Child", 3);
    public static readonly ActivityName<int, int> Twice = new("double");
    public static readonly ActivityName<int, int> Flaky = new("flaky");
    public static readonly ActivityName<string, string> Echo = new("echo");
    public static readonly RetryPolicy Quick = new(3, TimeSpan.FromMilliseconds(1));

    /// <summary>Waits until a state shows, as a person who looks again and again.</summary>
    public static async Task<OrchestrationState> Until(IOrchestrationClient client, string id, Func<OrchestrationState, bool> isThere)
    {
        var patience = TimeSpan.FromMinutes(2);
        for (var since = TimeProvider.System.GetTimestamp(); TimeProvider.System.GetElapsedTime(since) < patience;)
        {
            if (await client.Get(id) is { } state && isThere(state)) return state;
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
        throw new TimeoutException($"Instance '{id}' stands at {await client.Get(id)}.");
    }

    public static Task<OrchestrationState> Ended(IOrchestrationClient client, string id = "one") =>
        Until(client, id, state => state.Status is not (OrchestrationStatus.Running or OrchestrationStatus.Suspended));

    public static Task<OrchestrationState> Showing(IOrchestrationClient client, string status) =>
        Until(client, "one", state => state.CustomStatus?.ToString() == status);
}
