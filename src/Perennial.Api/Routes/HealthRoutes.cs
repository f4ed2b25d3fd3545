using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;

namespace Perennial.Api.Routes;

/// <summary>Whether the host lives, and what it is.</summary>
public static class HealthRoutes
{
    private static readonly string Version =
        typeof(HealthRoutes).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Maps the routes.</summary>
    public static void MapHealth(this IEndpointRouteBuilder routes) => routes
        .MapGroup("").WithTags("host").MapGet("/health", Health)
        .WithName("getHealth").WithSummary("Whether the host lives").Produces<HealthResponse>();

    private static async Task<IResult> Health(ApiServices api, CancellationToken ct)
    {
        var (standsStill, logging) = (api.Status.StandsStill, api.Predictions.Logging);
        var status = standsStill is null && logging.Logging ? "ok" : "degraded";
        return ProblemResults.Json(new HealthResponse(status, Version, api.Clock.GetUtcNow(), await api.Status.IsBusy(ct), logging, standsStill));
    }
}
