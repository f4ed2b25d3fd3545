using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Api.Routes;

/// <summary>Models and their specs.</summary>
public static class ModelRoutes
{
    /// <summary>Maps the routes.</summary>
    public static void MapModels(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("").WithTags("models");
        routes.MapGet("/models", async (ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Registry.ListModels(ct)))
            .WithName("listModels").WithSummary("All models").Produces<IReadOnlyList<ModelRecord>>();
        routes.MapPut("/models/{model}", Put)
            .WithName("putModel").WithSummary("Create a model, or give it a new spec").Accepts<ModelSpec>("application/json").Produces<ModelRecord>();
        routes.MapPost("/models/{model}/specs", Keep)
            .WithName("keepSpec").WithSummary("Check a spec and keep it; it becomes the model's with the first rows that are uploaded under its id and fit it")
            .Accepts<ModelSpec>("application/json").Produces<KeptSpec>();
        routes.MapGet("/models/{model}", Status)
            .WithName("getModel").WithSummary("A model and where everything of it stands").Produces<ModelStatus>();
        routes.MapGet("/models/{model}/spec", Spec)
            .WithName("getSpec").WithSummary("The spec as it was put").Produces<ModelSpec>();
    }

    private static async Task<IResult> Put(string model, HttpRequest request, ApiServices api, string? actor, CancellationToken ct)
    {
        var spec = await SpecDrafts.Keep(model, await JsonBodies.ReadBytes(request, SpecReader.MaxBytes), api, ct);
        return spec.Succeeded ? (await SpecDrafts.Adopt(model, spec.Value, api, actor, ct)).ToResult() : spec.Problem.ToResult();
    }

    private static async Task<IResult> Keep(string model, HttpRequest request, ApiServices api, CancellationToken ct)
    {
        var spec = await SpecDrafts.Keep(model, await JsonBodies.ReadBytes(request, SpecReader.MaxBytes), api, ct);
        return spec.ToResult(hash => ProblemResults.Json(new KeptSpec(hash)));
    }

    private static async Task<IResult> Spec(string model, ApiServices api, CancellationToken ct) =>
        await api.Registry.FindModel(model, ct) is { } record
            ? Results.Stream(await api.Content.Open(record.Spec, ct) ?? throw new MissingContentException(record.Spec), "application/json")
            : Missing(model).ToResult();

    private static async Task<IResult> Status(string model, ApiServices api, CancellationToken ct)
    {
        if (await api.Registry.FindModel(model, ct) is not { } record) return Missing(model).ToResult();
        var aliases = await api.Registry.ListAliases(model, ct);
        var runs = await api.Runs.Status(model, ct);
        var passes = await api.Monitors.Reports(model, 1, ct);
        return ProblemResults.Json(new ModelStatus(
            record,
            await Version("champion"),
            await Version("challenger"),
            aliases.FirstOrDefault(a => a.Alias == "previous")?.Version,
            runs.Active,
            runs.Pending,
            (await api.Rollouts.List(model, ct)).MaxBy(r => r.Challenger),
            await api.Datasets.Newest(model, ct),
            passes.Count == 0 ? null : PassSummary.Of(passes[0]),
            await api.Monitors.NextPassAt(model, ct),
            await api.Monitors.Alerts(model, openOnly: true, ct)));

        async Task<ModelVersion?> Version(string alias) =>
            aliases.FirstOrDefault(a => a.Alias == alias) is { } found ? await api.Registry.FindVersion(model, found.Version, ct) : null;
    }

    /// <summary>What a call about an unknown model gets.</summary>
    public static Problem Missing(string model) =>
        Problem.NotFound("model-unknown", $"There is no model '{model}'. Put its spec to /api/models/{model} first; /api/models lists those that are there.");
}
