using System.Globalization;
using Perennial.Azure.Tests.Support;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests.Worker;

/// <summary>The published app in its real worker process, over Azurite, for the tests of a class.</summary>
public sealed class WorkerFixture(Azurite azurite) : IAsyncLifetime
{
    internal const int MaxInboxBytes = 1024 * 1024;
    private PublishedApp? _app;
    private StandInHost? _host;

    internal string Storage => azurite.ConnectionString;

    internal StandInHost Host => _host ?? throw new InvalidOperationException("The worker has not started.");

    public async Task InitializeAsync()
    {
        _app = new PublishedApp();
        _host = await StandInHost.Start(_app.Folder, new Dictionary<string, string>
        {
            ["AzureStorage__ConnectionString"] = Storage,
            ["AzureStorage__Prefix"] = azurite.Options().Prefix,
            ["AzureWebJobsStorage"] = Storage,
            ["Inbox"] = Storage,
            ["Inbox__MaxBytes"] = MaxInboxBytes.ToString(CultureInfo.InvariantCulture),
        });
    }

    public async Task DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _app?.Dispose();
    }
}
