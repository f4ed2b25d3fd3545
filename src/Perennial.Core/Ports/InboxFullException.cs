namespace Perennial.Core.Ports;

/// <summary>
/// An event was refused, because too many that came before it wait for an orchestration instance that does not go on, e.g. a suspended one. Once it
/// has gone on, the same call succeeds.
/// </summary>
/// <param name="message">Which instance, how much waits for it, and how much is kept.</param>
public sealed class InboxFullException(string message) : Exception(message);
