namespace Perennial.Core.Ports;

/// <summary>
/// A store that lies elsewhere did not take a request, however often it was sent: it does not answer, is overloaded, or does not let this host in. What was
/// acknowledged before is kept; whether the request that threw was carried out is not known, and it may be tried again.
/// </summary>
/// <param name="message">Which store, what it answered and what to do; nothing of it is secret.</param>
/// <param name="inner">What was met.</param>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : IOException(message, inner);
