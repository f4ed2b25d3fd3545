using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Problems;
using Perennial.Core.Data;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;

namespace Perennial.Api.Routes;

/// <summary>Datasets of a model. Uploads are streamed: no part of the host holds a whole file in memory.</summary>
public static class DatasetRoutes
{
    /// <summary>The largest upload, in bytes.</summary>
    public const long MaxUploadBytes = 16L * 1024 * 1024 * 1024;

    /// <summary>Maps the routes.</summary>
    public static void MapDatasets(this IEndpointRouteBuilder endpoints)
    {
        // An upload may bring the spec that makes its model.
        endpoints.MapGroup("").WithTags("datasets").MapPost("/models/{model}/datasets", Upload)
            .WithName("uploadDataset").WithSummary("Upload rows: CSV (text/csv), JSON Lines (application/x-ndjson) or Parquet (application/vnd.apache.parquet)")
            .Accepts<Stream>(RowFormats.MediaTypes[0], [.. RowFormats.MediaTypes.Skip(1)]).Produces<Dataset>(StatusCodes.Status201Created);
        var routes = endpoints.MapGroup("").WithTags("datasets").AddEndpointFilter(KnownModel.Required);
        routes.MapGet("/models/{model}/datasets", async (string model, ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Datasets.List(model, ct)))
            .WithName("listDatasets").WithSummary("A model's datasets, newest first").Produces<IReadOnlyList<Dataset>>();
        routes.MapGet("/models/{model}/datasets/{id}", Get)
            .WithName("getDataset").WithSummary("A dataset").Produces<Dataset>();
    }

    private static async Task<IResult> Upload(string model, HttpRequest request, ApiServices api, string? name, string? spec, string? actor, CancellationToken ct)
    {
        var found = spec is null ? await Own(model, api, ct) : await SpecDrafts.Find(model, spec, api, ct);
        if (!found.Succeeded) return found.Problem.ToResult();
        var format = RowFormats.ByMediaType(request.ContentType);
        if (format is null)
            return new Problem(ProblemKind.WrongMediaType, "wrong-media-type", $"Send rows as {string.Join(" or ", RowFormats.MediaTypes)}, not '{request.ContentType ?? "nothing"}'.").ToResult();
        if (TextBounds.CheckName("name", name) is { } badName) return badName.ToResult();
        JsonBodies.Bound(request, MaxUploadBytes);
        var source = string.IsNullOrWhiteSpace(name) ? $"upload.{format.Value.ToString().ToLowerInvariant()}" : name;
        var read = found.Value with { Data = found.Value.Data with { Format = found.Value.Data.Format ?? format } };
        var dataset = await api.Datasets.Add(model, read, request.Body, source, DatasetOrigin.Upload, ct);
        // Only now: rows that were refused leave the model as it was.
        if (dataset.Succeeded && spec is not null && await SpecDrafts.Adopt(model, ContentHash.Parse(spec), api, actor, ct) is { Succeeded: false } refused) return refused.ToResult();
        return dataset.ToResult(d => ProblemResults.Json(d, StatusCodes.Status201Created));
    }

    private static async Task<Outcome<ModelSpec>> Own(string model, ApiServices api, CancellationToken ct) =>
        await api.Registry.FindModel(model, ct) is { } record ? SpecReader.Read(await api.Content.GetBytes(record.Spec, ct), "perennial.json") : ModelRoutes.Missing(model);

    private static async Task<IResult> Get(string model, string id, ApiServices api, CancellationToken ct)
    {
        if (!ContentHash.TryParse(id, out var hash)) return Problem.Invalid("bad-dataset-id", "A dataset's id is 64 lower-case hexadecimal digits.").ToResult();
        return ProblemResults.JsonOrNotFound(await api.Datasets.Find(model, hash, ct), "dataset-unknown", $"Model '{model}' has no dataset {id}.");
    }
}
