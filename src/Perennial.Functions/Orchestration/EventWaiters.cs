using System.Text.Json;
using Microsoft.DurableTask;

namespace Perennial.Functions.Orchestration;

/// <summary>
/// One waiter a name, kept over deadlines that passed: Durable Functions cannot take a waiter back, and one that nobody heeds swallows the
/// next event.
/// </summary>
internal sealed class EventWaiters(TaskOrchestrationContext engine)
{
    private readonly Dictionary<string, Task<JsonElement>> _waiters = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _awaited = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The waiter of the next event of that name; one that has its event is given away.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits for the name already.</exception>
    public Task<JsonElement> Take(string name)
    {
        if (_awaited.Contains(name)) throw new InvalidOperationException($"The event '{name}' is already waited for: one waiter a name.");
        if (!_waiters.TryGetValue(name, out var waiter)) waiter = _waiters[name] = engine.WaitForExternalEvent<JsonElement>(name);
        if (waiter.IsCompleted) _waiters.Remove(name);
        return waiter;
    }

    /// <summary>Waits for the event.</summary>
    public async Task<JsonElement> Wait(string name, Task<JsonElement> waiter)
    {
        await First(name, waiter);
        return await waiter;
    }

    /// <summary>Waits for the event or what may come before it; the waiter stays where the event did not come.</summary>
    public async Task<Task> First(string name, Task<JsonElement> waiter, params Task[] others)
    {
        _awaited.Add(name);
        var first = await Task.WhenAny([waiter, .. others]);
        _awaited.Remove(name);
        if (first == waiter) _waiters.Remove(name);
        return first;
    }

    /// <summary>Sends on to the next generation what comes, or has come, to waiters that nobody heeds any more.</summary>
    public void HandOn()
    {
        foreach (var (name, waiter) in _waiters) _ = Forward(name, waiter);
    }

    private async Task Forward(string name, Task<JsonElement> waiter) => engine.SendEvent(engine.InstanceId, name, await waiter);
}
