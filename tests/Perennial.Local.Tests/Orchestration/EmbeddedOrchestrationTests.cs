using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration;

public sealed class EmbeddedOrchestrationTests : OrchestrationContract
{
    protected override async Task<OrchestrationHost> Open(OrchestrationCatalog catalog) => await EmbeddedHost.Open(catalog);
}

public sealed class EmbeddedOrchestrationReplayingEveryTurnTests : OrchestrationContract
{
    protected override async Task<OrchestrationHost> Open(OrchestrationCatalog catalog) =>
        await EmbeddedHost.Open(catalog, new EngineOptions { ReplayEveryTurn = true });
}
