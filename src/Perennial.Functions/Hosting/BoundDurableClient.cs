using Microsoft.DurableTask.Client;

namespace Perennial.Functions.Hosting;

/// <summary>
/// The client of Durable Functions, which a worker gets with a call and not at its start. Every function that may need it takes it and hands
/// it over; one client serves all calls.
/// </summary>
public sealed class BoundDurableClient
{
    private DurableTaskClient? _client;

    /// <summary>The client.</summary>
    /// <exception cref="InvalidOperationException">No function has handed one over: the calling function's binding is missing.</exception>
    public DurableTaskClient Client => Volatile.Read(ref _client) ?? throw new InvalidOperationException("No function has bound a durable client yet.");

    /// <summary>Hands a call's client over.</summary>
    public void Bind(DurableTaskClient client) => Volatile.Write(ref _client, client);
}
