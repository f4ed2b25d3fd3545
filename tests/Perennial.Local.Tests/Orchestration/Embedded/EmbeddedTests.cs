using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;

namespace Perennial.Local.Tests.Orchestration.Embedded;

/// <summary>
/// The second suite: what only the embedded engine promises, beyond <see cref="OrchestrationContract"/>, which every host keeps. A class a promise.
/// </summary>
public abstract class EmbeddedTests : IAsyncLifetime
{
    protected static readonly OrchestrationName<int, int> Main = new("Main");
    protected static readonly OrchestrationName<int, int> Child = new("Child");
    protected static readonly ActivityName<int, int> Double = new("Double");

    private EmbeddedHost? _host;

    private protected EmbeddedHost Host => _host ?? throw new InvalidOperationException("Begin first.");

    protected IOrchestrationClient Client => Host.Client;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    protected static OrchestrationCatalog Catalog(Func<IOrchestrationContext, int, Task<int>> main) =>
        new OrchestrationCatalog().Add(Main, main).Add(Double, static (int value) => 2 * value);

    protected async Task Begin(OrchestrationCatalog catalog, EngineOptions? options = null) => _host = await EmbeddedHost.Open(catalog, options);

    /// <summary>The engine dies where it stands, and another opens the folder.</summary>
    protected async Task Kill(OrchestrationCatalog catalog, EngineOptions? options = null)
    {
        Host.Engine.Abandon();
        await Host.Reopen(catalog, options);
    }
}
