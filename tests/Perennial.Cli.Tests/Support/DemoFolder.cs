using Perennial.Cli.Client;
using Perennial.Cli.Hosting;

namespace Perennial.Cli.Tests.Support;

/// <summary>A folder that a demo left, served again as <c>perennial up</c> does, so that what happened is checked through the API.</summary>
public sealed class DemoFolder : IAsyncDisposable
{
    private readonly LocalHost _host;

    private DemoFolder(LocalHost host)
    {
        _host = host;
        Client = new PerennialClient(host.Address);
    }

    public PerennialClient Client { get; }

    public static async Task<DemoFolder> Serve(string folder) =>
        new(await LocalHost.Start(new LocalHostOptions(folder, 0, TimeProvider.System)));

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _host.DisposeAsync();
    }
}
