using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Perennial.Api;
using Perennial.Api.Hosting;
using Perennial.Api.Problems;
using Perennial.Api.Security;
using Perennial.Local.Inbox;

namespace Perennial.Cli.Hosting;

/// <summary>The local host: Kestrel on 127.0.0.1 over one folder. Everything that <c>up</c>, the demo and the tests run is this.</summary>
public sealed class LocalHost : IAsyncDisposable
{
    // How long a stopping host waits for callers that are slow, before it cuts them off.
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(5);
    private readonly WebApplication _web;
    private readonly LocalStores _stores;
    private readonly LocalLifecycle _lifecycle;
    private readonly FolderWatch _inbox;

    private LocalHost(WebApplication web, LocalStores stores, LocalLifecycle lifecycle, FolderWatch inbox, Uri address) =>
        (_web, _stores, _lifecycle, _inbox, Address) = (web, stores, lifecycle, inbox, address);

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>Its folder.</summary>
    public string Folder => _stores.Folder.Path;

    /// <summary>Opens the folder, lets what was unfinished go on, and listens.</summary>
    /// <exception cref="HostStartException">The folder or the port cannot be had.</exception>
    public static async Task<LocalHost> Start(LocalHostOptions options, CancellationToken cancellationToken = default)
    {
        var stores = LocalStores.Open(options.Folder, options.Clock);
        LocalLifecycle? lifecycle = null;
        try
        {
            var web = Build(options, stores, out lifecycle);
            await lifecycle.Start(cancellationToken);
            await web.StartAsync(cancellationToken);
            var intake = lifecycle.Intake;
            var log = web.Services.GetRequiredService<ILogger<FolderWatch>>();
            // Real time, whatever time the models live in: files appear in the world of people.
            var inbox = new FolderWatch(
                stores.Folder.Inbox, (model, path, token) => Accept(intake, model, path, token), (path, exception) => log.LogWarning(exception, "The inbox could not take {Path}; it is tried again.", path), TimeProvider.System);
            inbox.Start();
            return new LocalHost(web, stores, lifecycle, inbox, AddressOf(web));
        }
        catch (Exception exception)
        {
            if (lifecycle is not null) await lifecycle.DisposeAsync();
            stores.Dispose();
            if (StartFaults.Of(exception, options.Folder) is { } told) throw told;
            throw;
        }
    }

    /// <summary>Returns when the process is asked to stop.</summary>
    public Task WaitForShutdown(CancellationToken cancellationToken) => _web.WaitForShutdownAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _inbox.DisposeAsync();
        await _web.StopAsync(CancellationToken.None);
        await _web.DisposeAsync();
        await _lifecycle.DisposeAsync();
        _stores.Dispose();
    }

    private static async Task<string?> Accept(InboxIntake intake, string model, string path, CancellationToken cancellationToken)
    {
        await using var file = File.OpenRead(path);
        return await intake.Accept(model, Path.GetFileName(path), file, cancellationToken);
    }

    private static WebApplication Build(LocalHostOptions options, LocalStores stores, out LocalLifecycle lifecycle)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.Logging.ClearProviders();
        // Standard output belongs to the commands.
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(options.Quiet ? LogLevel.Warning : LogLevel.Information);
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestAnswer);
        // A start that fails is told once, by the command.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        builder.Services.AddPerennialApi();
        builder.Services.AddSingleton<LogNotifier>();
        builder.Services.AddSingleton(services => new LocalLifecycle(stores, services.GetRequiredService<LogNotifier>(), services.GetRequiredService<ILogger<LocalLifecycle>>()));
        builder.Services.AddSingleton(services => services.GetRequiredService<LocalLifecycle>().Services);
        var web = builder.Build();
        lifecycle = web.Services.GetRequiredService<LocalLifecycle>();
        web.UseFaultHandling();
        web.UseLoopbackGuard();
        web.MapPerennialApi();
        return web;
    }

    private static Uri AddressOf(IHost web) =>
        new(web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
}
