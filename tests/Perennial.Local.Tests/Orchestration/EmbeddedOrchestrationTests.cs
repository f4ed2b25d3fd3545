using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration;

public sealed class EmbeddedOrchestrationTests : EmbeddedOrchestrationContract
{
    protected override async Task<OrchestrationHost> Open(OrchestrationCatalog catalog) => await EmbeddedHost.Open(catalog);
}

public sealed class EmbeddedOrchestrationReplayingEveryTurnTests : EmbeddedOrchestrationContract
{
    protected override async Task<OrchestrationHost> Open(OrchestrationCatalog catalog) =>
        await EmbeddedHost.Open(catalog, new EngineOptions { ReplayEveryTurn = true });
}

/// <summary>Every instance leaves the memory after each of its turns, and its state goes through the log each time.</summary>
public sealed class EmbeddedOrchestrationUnloadingEveryTurnTests : EmbeddedOrchestrationContract
{
    protected override async Task<OrchestrationHost> Open(OrchestrationCatalog catalog) =>
        await EmbeddedHost.Open(catalog, new EngineOptions { UnloadAfter = TimeSpan.Zero });
}

/// <summary>One compaction follows the other while the work goes on, and instances leave the memory after each turn.</summary>
public sealed class EmbeddedOrchestrationCompactingTests : EmbeddedOrchestrationContract
{
    protected override async Task<OrchestrationHost> Open(OrchestrationCatalog catalog) =>
        await EmbeddedHost.Open(catalog, new EngineOptions { UnloadAfter = TimeSpan.Zero, CompactAfterBytes = 1 });
}
