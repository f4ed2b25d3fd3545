using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Orchestration;

/// <summary>The embedded engine on a temporary folder, with a clock that is moved by hand.</summary>
internal sealed class EmbeddedHost : OrchestrationHost
{
    public static readonly DateTimeOffset Start = new(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);

    private EmbeddedHost(string folder, MovableClock clock, DurableEngine engine) => (Folder, Clock, Engine) = (folder, clock, engine);

    public string Folder { get; }

    public MovableClock Clock { get; }

    public DurableEngine Engine { get; private set; }

    public override IOrchestrationClient Client => Engine;

    public override DateTimeOffset Now => Clock.GetUtcNow();

    public static async Task<EmbeddedHost> Open(OrchestrationCatalog catalog, EngineOptions? options = null)
    {
        var folder = Directory.CreateTempSubdirectory("perennial-engine-").FullName;
        var clock = new MovableClock(Start);
        var host = new EmbeddedHost(folder, clock, new DurableEngine(folder, catalog, clock, options));
        await host.Engine.StartAsync();
        return host;
    }

    /// <summary>Opens the folder again, with the same or another catalog.</summary>
    public async Task Reopen(OrchestrationCatalog catalog, EngineOptions? options = null)
    {
        await Engine.DisposeAsync();
        Engine = new DurableEngine(Folder, catalog, Clock, options);
        await Engine.StartAsync();
    }

    public override Task Advance(TimeSpan duration)
    {
        Clock.Advance(duration);
        return WhenIdle();
    }

    public override Task WhenIdle() => Engine.WhenIdle();

    public override async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
