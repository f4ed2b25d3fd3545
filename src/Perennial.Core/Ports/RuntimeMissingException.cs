namespace Perennial.Core.Ports;

/// <summary>A graph is to be run by a runtime that this host does not have. Another host may have it; nothing is damaged.</summary>
public sealed class RuntimeMissingException(string runtime, string host)
    : Exception($"The runtime '{runtime}' is wanted, and this host has {host} alone. Use a host that has it, such as the one on Azure, or set serving.runtime to 'auto' and train again.");
