using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Perennial.Api.Problems;
using Perennial.Api.Routes;
using Perennial.Core;

namespace Perennial.Api;

/// <summary>The API as any host takes it in: services, then the pipeline and routes.</summary>
public static class ApiComposition
{
    /// <summary>What the routes need besides <see cref="ApiServices"/>, which the host adds itself.</summary>
    public static IServiceCollection AddPerennialApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals;
            foreach (var converter in CoreJson.Options.Converters) options.SerializerOptions.Converters.Add(converter);
        });
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Perennial";
            document.Info.Version = "v1";
            document.Info.Description = "Keeps machine-learning models alive. Problems are RFC 9457 problem details with a stable 'code'.";
            // The address differs by host; the document must not.
            document.Servers?.Clear();
            return Task.CompletedTask;
        }));
        return services;
    }

    /// <summary>Maps every route under <c>/api</c> and the OpenAPI document at <c>/openapi/v1.json</c>.</summary>
    public static void MapPerennialApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup("/api").AddEndpointFilter(RequestChecks.Filter);
        api.MapHealth();
        api.MapModels();
        api.MapDatasets();
        api.MapRuns();
        api.MapVersions();
        api.MapPredictions();
        api.MapMonitoring();
        api.MapMaintenance();
        endpoints.MapPage();
        endpoints.MapOpenApi();
    }
}
