using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Core.Governance.Retention;

namespace Perennial.Api.Routes;

/// <summary>Looking after the host's stores while it serves.</summary>
public static class MaintenanceRoutes
{
    private const int MaxBody = 4 * 1024;

    // A backup holds files open and keeps collections away, so that a caller that has fallen asleep must not keep it.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Maps the routes.</summary>
    public static void MapMaintenance(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("/maintenance").WithTags("host");
        routes.MapPost("/gc", Collect)
            .WithName("collectGarbage").WithSummary("Remove artifacts that nothing refers to").Accepts<CollectRequest>("application/json").Produces<CollectionReport>();
        routes.MapPost("/backup", Backup)
            .WithName("takeBackup").WithSummary("A tar of all that was acknowledged before the call; whole only with its last manifest").Produces(200, contentType: "application/x-tar");
    }

    private static async Task<IResult> Collect(HttpRequest request, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<CollectRequest>(request, MaxBody);
        if (!body.Succeeded) return body.Problem.ToResult();
        var asked = CollectionRequest.Default with { DryRun = body.Value.DryRun };
        if (body.Value.OlderThan is { } olderThan) asked = asked with { OlderThan = olderThan };
        return (await api.Maintenance.Collect(asked, ct)).ToResult();
    }

    private static async Task<IResult> Backup(HttpContext http, ApiServices api, CancellationToken ct)
    {
        var begun = await api.Maintenance.BeginBackup(ct);
        if (!begun.Succeeded) return begun.Problem.ToResult();
        // Also when the caller has gone before the first byte.
        http.Response.RegisterForDisposeAsync(begun.Value);
        // Real time, whatever time the host lives in: callers fall asleep in the world of people.
        return Results.Stream(
            async target =>
            {
                await using var patient = new PatientStream(target, Patience, TimeProvider.System);
                await begun.Value.WriteTo(patient, ct);
            },
            "application/x-tar", "perennial.tar");
    }
}
