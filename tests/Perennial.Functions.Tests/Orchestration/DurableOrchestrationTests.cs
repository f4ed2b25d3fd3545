using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Functions.Tests.Support.HandMoved;
using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Orchestration;

/// <summary>The port's contract over Durable Functions: its worker and client, and its in-process test host with a clock that is moved by hand.</summary>
public sealed class DurableOrchestrationTests : OrchestrationContract
{
    protected override async Task<OrchestrationHost> Open(OrchestrationCatalog catalog) =>
        await HandMovedHost.Open(catalog, new HandMovedTime(new MovableClock(new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.Zero))));
}
