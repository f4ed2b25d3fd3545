using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Perennial.Azure;
using Perennial.Functions.Hosting;
using Perennial.Functions.Orchestration;
using Perennial.Functions.Triggers;

namespace Perennial.Functions.Tests.Support;

/// <summary>
/// The app without its worker: its services over Azurite, its orchestration functions and activities on the in-process test host, and its
/// HTTP function behind a catch-all route of a real server, as the worker has one.
/// </summary>
internal sealed class AzureHost : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly DurableTaskTestHost _durable;

    private AzureHost(WebApplication web, DurableTaskTestHost durable) => (_web, _durable) = (web, durable);

    public Uri Address => new(_web.Urls.First());

    public IServiceProvider Services => _web.Services;

    public static async Task<AzureHost> Start(AzureStorageOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        FunctionsHost.AddPerennial(builder.Services, options, new InboxOptions());
        var web = builder.Build();
        var durable = await TestHost.Start(registry => Register(registry, web.Services));
        var functions = new HttpFunctions(web.Services.GetRequiredService<ApiPipeline>(), web.Services.GetRequiredService<BoundDurableClient>());
        web.Map("{*path}", (Delegate)((HttpRequest request) => functions.Api(request, durable.Client)));
        await web.StartAsync();
        return new AzureHost(web, durable);
    }

    public async ValueTask DisposeAsync()
    {
        await _web.DisposeAsync();
        await _durable.DisposeAsync();
    }

    private static void Register(DurableTaskRegistry registry, IServiceProvider services)
    {
        foreach (var method in typeof(OrchestrationFunctions).GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            var run = method.CreateDelegate<Func<TaskOrchestrationContext, Task<JsonElement>>>();
            registry.AddOrchestratorFunc<JsonElement, JsonElement>(method.GetCustomAttribute<FunctionAttribute>()!.Name, (context, _) => run(context));
        }
        var activities = services.GetRequiredService<DurableActivities>();
        foreach (var name in services.GetRequiredService<AzureLifecycle>().Catalog.Activities.Keys)
            registry.AddActivityFunc<string, string>(name, (_, call) => activities.Run(name, call, CancellationToken.None));
    }
}
