using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Perennial.Api;
using Perennial.Api.Hosting;
using Perennial.Azure;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Functions.Orchestration;
using Perennial.Functions.Triggers;

namespace Perennial.Functions.Hosting;

/// <summary>The Azure host: the one place where it is put together.</summary>
public static class FunctionsHost
{
    /// <summary>The section of the settings that <see cref="AzureStorageOptions"/> are read from.</summary>
    public const string StorageSection = "AzureStorage";

    /// <summary>The section of the settings that <see cref="InboxOptions"/> are read from: that of the inbox' connection.</summary>
    public const string InboxSection = "Inbox";

    /// <summary>The worker, ready to run.</summary>
    public static IHost Build(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        builder.ConfigureFunctionsWebApplication();
        // The server's log of requests has whole addresses, and so the keys that callers give as '?code='; and it is several lines a call.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        AddPerennial(
            builder.Services,
            builder.Configuration.GetSection(StorageSection).Get<AzureStorageOptions>() ?? new AzureStorageOptions(),
            InboxOf(builder.Configuration));
        return builder.Build();
    }

    /// <summary>What the settings say of the inbox.</summary>
    internal static InboxOptions InboxOf(IConfiguration configuration) => configuration.GetSection(InboxSection).Get<InboxOptions>() ?? new InboxOptions();

    /// <summary>All that the functions ask for.</summary>
    /// <exception cref="ArgumentException">The options do not say where the stores are, or are such that nothing could be taken.</exception>
    public static IServiceCollection AddPerennial(IServiceCollection services, AzureStorageOptions options, InboxOptions inbox)
    {
        options.Check();
        inbox.Check();
        services.AddRouting();
        services.AddProblemDetails();
        services.AddPerennialApi();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(provider => AzureStores.Open(options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BoundDurableClient>();
        services.AddSingleton<INotifier>(provider => new LogNotifier(provider.GetRequiredService<ILogger<LogNotifier>>()));
        services.AddSingleton(provider => new AzureLifecycle(
            provider.GetRequiredService<AzureStores>(),
            new OrchestrationCatalog(),
            new DurableOrchestrationClient(() => provider.GetRequiredService<BoundDurableClient>().Client),
            provider.GetRequiredService<INotifier>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<AzureLifecycle>>()));
        services.AddSingleton(provider => provider.GetRequiredService<AzureLifecycle>().Services);
        services.AddSingleton(provider => new DurableActivities(provider.GetRequiredService<AzureLifecycle>().Catalog));
        services.AddSingleton<ApiPipeline>();
        services.AddSingleton(provider => provider.GetRequiredService<AzureLifecycle>().Intake(inbox.MaxBytes));
        return services;
    }
}
