using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Core.Governance;
using Perennial.Core.Monitoring;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;

namespace Perennial.Api.Routes;

/// <summary>Monitor passes, alerts and the audit trail.</summary>
public static class MonitorRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void MapMonitoring(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("").WithTags("monitoring").AddEndpointFilter(KnownModel.Required);
        routes.MapPost("/models/{model}/monitor", RunNow)
            .WithName("monitorNow").WithSummary("Ask for a monitor pass now").Produces(StatusCodes.Status202Accepted);
        routes.MapGet("/models/{model}/monitor", async (string model, ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Monitors.State(model, ct)))
            .WithName("getMonitor").WithSummary("When the next monitor pass is due, and why the last one could not be made").Produces<MonitorState>();
        routes.MapGet("/models/{model}/monitor/reports", async (string model, int? take, ApiServices api, CancellationToken ct) =>
                ProblemResults.Json((await api.Monitors.Reports(model, Math.Clamp(take ?? 100, 1, 1000), ct)).Select(PassSummary.Of).ToArray()))
            .WithName("listMonitorReports").WithSummary("Monitor passes, newest first").Produces<IReadOnlyList<PassSummary>>();
        routes.MapGet("/models/{model}/monitor/reports/{id}", Get)
            .WithName("getMonitorReport").WithSummary("A monitor pass with every feature").Produces<MonitorReport>();
        routes.MapGet("/models/{model}/monitor/reports/{id}/report.html", Html)
            .WithName("getMonitorReportPage").WithSummary("A monitor pass as one self-contained page").Produces(200, contentType: "text/html");
        routes.MapGet("/models/{model}/alerts", async (string model, bool? open, ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Monitors.Alerts(model, open ?? false, ct)))
            .WithName("listAlerts").WithSummary("Alerts, newest first; open=true for the open ones").Produces<IReadOnlyList<Alert>>();
        routes.MapGet("/models/{model}/audit", async (string model, int? after, int? take, ApiServices api, CancellationToken ct) =>
                ProblemResults.Json(await api.Registry.Audit(model, after ?? 0, Math.Clamp(take ?? 100, 1, 1000), ct)))
            .WithName("listDecisions").WithSummary("Every decision, in order, chained by hash").Produces<IReadOnlyList<AuditEntry>>();
    }

    private static async Task<IResult> RunNow(string model, ApiServices api, CancellationToken ct)
    {
        await api.Monitors.RunNow(model, ct);
        return Results.Accepted($"/api/models/{model}/monitor/reports");
    }

    private static async Task<IResult> Get(string model, string id, ApiServices api, CancellationToken ct) =>
        ProblemResults.JsonOrNotFound(await api.Monitors.Report(model, id, ct), "pass-unknown", $"Model '{model}' has no monitor pass '{id}'.");

    private static async Task<IResult> Html(string model, string id, ApiServices api, CancellationToken ct)
    {
        if (await api.Monitors.Report(model, id, ct) is not { Report: { } page })
            return Problem.NotFound("pass-unknown", $"Model '{model}' has no monitor pass '{id}' with a report.").ToResult();
        return Results.Stream(await api.Content.Open(page, ct) ?? throw new MissingContentException(page), "text/html; charset=utf-8");
    }
}
