using Perennial.Core.Ports;

namespace Perennial.Core.Governance.Retention;

/// <summary>Reads what came for an orchestration and its code has not seen yet, where a host can tell: it is in no history.</summary>
public delegate Task<IReadOnlyList<OrchestrationEvent>> WaitingEvents(string instanceId, CancellationToken cancellationToken);
