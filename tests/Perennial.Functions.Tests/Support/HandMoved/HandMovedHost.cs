using DurableTask.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Perennial.Contracts.Orchestration;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Orchestration;

namespace Perennial.Functions.Tests.Support.HandMoved;

/// <summary>
/// Durable Functions' in-process test host, put together as its own package does (DurableTaskTestHost), with a clock that is moved by hand:
/// its worker and client are the real ones and talk to its server by gRPC.
/// </summary>
internal sealed class HandMovedHost : OrchestrationHost
{
    private readonly HandMovedTime _time;
    private readonly HandMovedService _service;
    private readonly WebApplication _server;
    private readonly GrpcChannel _channel;
    private IHost _worker;

    private HandMovedHost(HandMovedTime time, HandMovedService service, WebApplication server, GrpcChannel channel, IHost worker)
    {
        (_time, _service, _server, _channel, _worker) = (time, service, server, channel, worker);
        Client = new DurableOrchestrationClient(() => Durable);
    }

    public override IOrchestrationClient Client { get; }

    public override DateTimeOffset Now => _time.Now;

    /// <summary>Durable Functions' own client.</summary>
    public DurableTaskClient Durable => _worker.Services.GetRequiredService<DurableTaskClient>();

    /// <param name="catalog">What it runs.</param>
    /// <param name="time">Its clock.</param>
    public static async Task<HandMovedHost> Open(OrchestrationCatalog catalog, HandMovedTime time)
    {
        var service = new HandMovedService(time);
        var server = Server(service, time);
        await server.StartAsync();
        var address = server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var channel = GrpcChannel.ForAddress(address);
        var worker = Worker(channel, new DurableActivities(catalog), catalog);
        await worker.StartAsync();
        return new HandMovedHost(time, service, server, channel, worker);
    }

    /// <summary>Puts another build's orchestrations and activities in place of the ones that run.</summary>
    public async Task Redeploy(OrchestrationCatalog catalog)
    {
        await _worker.StopAsync();
        _worker.Dispose();
        _worker = Worker(_channel, new DurableActivities(catalog), catalog);
        await _worker.StartAsync();
    }

    public override async Task Advance(TimeSpan duration)
    {
        await _service.Advance(duration);
        await WhenIdle();
    }

    public override Task WhenIdle() => _service.WhenIdle();

    public override async ValueTask DisposeAsync()
    {
        await _worker.StopAsync();
        _worker.Dispose();
        await _channel.ShutdownAsync();
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    private static WebApplication Server(HandMovedService service, HandMovedTime time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc();
        builder.Services.AddSingleton(time).AddSingleton(service).AddSingleton<IOrchestrationService>(service).AddSingleton<HandMovedServer>();
        var server = builder.Build();
        server.MapGrpcService<HandMovedServer>();
        return server;
    }

    private static IHost Worker(GrpcChannel channel, DurableActivities activities, OrchestrationCatalog catalog)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddDurableTaskWorker(worker => worker.AddTasks(registry => Register(registry, activities, catalog)).UseGrpc(channel));
        builder.Services.AddDurableTaskClient(client =>
        {
            client.UseGrpc(channel);
            client.RegisterDirectly();
        });
        return builder.Build();
    }

    private static void Register(DurableTaskRegistry registry, DurableActivities activities, OrchestrationCatalog catalog)
    {
        foreach (var (name, orchestration) in catalog.Orchestrations)
            registry.AddOrchestratorFunc<System.Text.Json.JsonElement, System.Text.Json.JsonElement>(
                name, (context, _) => DurableOrchestration.Run(context, new OrchestrationName<System.Text.Json.JsonElement, System.Text.Json.JsonElement>(name, orchestration.Version), orchestration.Run));
        foreach (var name in catalog.Activities.Keys)
            registry.AddActivityFunc<string, string>(name, (_, call) => activities.Run(name, call, CancellationToken.None));
    }
}
