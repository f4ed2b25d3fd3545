using Perennial.Core.Ports;

namespace Perennial.Core.Orchestration;

/// <summary>Events that say nothing but that there is something new to look at.</summary>
internal static class Hints
{
    /// <summary>Sends a hint; it is dropped where so many events wait already that the instance takes no more: they make it look as well.</summary>
    public static async Task Hint<T>(this IOrchestrationClient orchestrations, string instanceId, string name, T payload, CancellationToken cancellationToken)
    {
        try
        {
            await orchestrations.RaiseEvent(instanceId, name, payload, cancellationToken);
        }
        catch (InboxFullException)
        {
        }
    }

    /// <summary>
    /// Takes all events of that name that have come: one look answers them all. An engine hands what a generation leaves to the next one, each event
    /// anew, so a generation for each of many would send as many as half their square.
    /// </summary>
    public static async Task TakeAll<T>(this IOrchestrationContext context, string name)
    {
        while ((await context.WaitForEvent<T>(name, context.Now)).Arrived)
        {
        }
    }
}
