namespace Perennial.Core.Ports;

/// <summary>
/// A store holds something else than what was written: a file was altered, cut or lost behind its back. Nothing of it was used. Trying
/// again does not help.
/// </summary>
/// <param name="message">Which file, where in it, and what to do.</param>
public class StoreDamagedException(string message) : IOException(message);
