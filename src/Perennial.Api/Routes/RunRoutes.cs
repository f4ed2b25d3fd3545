using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Api.Streaming;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;

namespace Perennial.Api.Routes;

/// <summary>Pipeline runs.</summary>
public static class RunRoutes
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Maps the routes.</summary>
    public static void MapRuns(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("").WithTags("runs").AddEndpointFilter(KnownModel.Required);
        routes.MapPost("/models/{model}/runs", Request)
            .WithName("requestRun").WithSummary("Ask for a run; requests that pile up become one run").Accepts<RunRequest>("application/json").Produces<RunTrigger>(StatusCodes.Status202Accepted);
        routes.MapGet("/models/{model}/runs", async (string model, int? take, ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Runs.List(model, Math.Clamp(take ?? 100, 1, 1000), ct)))
            .WithName("listRuns").WithSummary("A model's runs, newest first").Produces<IReadOnlyList<RunRecord>>();
        routes.MapGet("/runs/{id}", Get)
            .WithName("getRun").WithSummary("A run with trials, findings and evaluation").Produces<RunResponse>();
        routes.MapGet("/runs/{id}/events", RunEventStream.Follow)
            .WithName("followRun").WithSummary("The run's progress as server-sent events, until it ends").Produces<RunResponse>(contentType: "text/event-stream");
        routes.MapGet("/runs/{id}/report.html", Report)
            .WithName("getRunReport").WithSummary("The run's report as one self-contained page").Produces(200, contentType: "text/html");
        routes.MapPost("/runs/{id}/retry", async (string id, string? actor, ApiServices api, CancellationToken ct) => (await api.Runs.Retry(id, actor ?? "api", ct)).ToResult())
            .WithName("retryRun").WithSummary("Go on from the stage that failed").Produces<RunRecord>();
        routes.MapPost("/runs/{id}/decision", Decide)
            .WithName("decideRun").WithSummary("Approve or refuse a run that waits for approval").Accepts<DecisionRequest>("application/json").Produces<RunRecord>();
    }

    private static async Task<IResult> Request(string model, HttpRequest http, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<RunRequest>(http, MaxBytes);
        if (!body.Succeeded) return body.Problem.ToResult();
        var wanted = body.Value;
        if ((TextBounds.CheckName("actor", wanted.Actor) ?? TextBounds.CheckReason("reason", wanted.Reason) ?? TextBounds.CheckKey("key", wanted.Key)) is { } bad) return bad.ToResult();
        if (wanted.Dataset is { } dataset && await api.Datasets.Find(model, dataset, ct) is null)
            return Problem.NotFound("dataset-unknown", $"Model '{model}' has no dataset {dataset}.").ToResult();
        var trigger = new RunTrigger(
            RunTriggerKind.Request, wanted.Reason ?? "asked for", wanted.Actor ?? "api", api.Clock.GetUtcNow(), wanted.Dataset,
            wanted.Key ?? $"request-{Guid.CreateVersion7(api.Clock.GetUtcNow()):N}", wanted.Repeat);
        return (await api.Runs.Request(model, trigger, ct)).ToResult(t => ProblemResults.Json(t, StatusCodes.Status202Accepted));
    }

    private static async Task<IResult> Get(string id, ApiServices api, CancellationToken ct) =>
        await Find(id, api, ct) is { } run ? ProblemResults.Json(run) : Missing(id).ToResult();

    private static async Task<IResult> Report(string id, ApiServices api, CancellationToken ct)
    {
        if (await api.Runs.Get(id, ct) is not { } run) return Missing(id).ToResult();
        if (run.Report is not { } report) return Problem.NotFound("report-not-yet", $"Run {id} has no report yet; it is written when the run ends.").ToResult();
        return Results.Stream(await api.Content.Open(report, ct) ?? throw new MissingContentException(report), "text/html; charset=utf-8");
    }

    private static async Task<IResult> Decide(string id, HttpRequest http, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<DecisionRequest>(http, MaxBytes);
        if (!body.Succeeded) return body.Problem.ToResult();
        var decision = body.Value;
        if (string.IsNullOrWhiteSpace(decision.Actor)) return Problem.Invalid("no-actor", "The body has no 'actor'. A decision needs the name of who makes it.").ToResult();
        if ((TextBounds.CheckName("actor", decision.Actor) ?? TextBounds.CheckReason("comment", decision.Comment)) is { } bad) return bad.ToResult();
        return (await api.Runs.Decide(id, decision.Approved, decision.Actor, decision.Comment, ct)).ToResult();
    }

    /// <summary>A run with its details, or null.</summary>
    public static async Task<RunResponse?> Find(string id, ApiServices api, CancellationToken ct) =>
        await api.Runs.Get(id, ct) is { } run ? new RunResponse(run, await api.Runs.Details(run.Id, ct) ?? RunDetails.Empty) : null;

    /// <summary>What a call about an unknown run gets.</summary>
    public static Problem Missing(string id) => Problem.NotFound("run-unknown", $"There is no run '{id}'.");
}
