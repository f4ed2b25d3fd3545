using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Perennial.Api.Contracts;
using Perennial.Api.Problems;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Rollout;

namespace Perennial.Api.Routes;

/// <summary>Versions, aliases, packages and rollouts.</summary>
public static class VersionRoutes
{
    private const int MaxBytes = 64 * 1024;

    /// <summary>Maps the routes.</summary>
    public static void MapVersions(this IEndpointRouteBuilder endpoints)
    {
        var routes = endpoints.MapGroup("").WithTags("versions").AddEndpointFilter(KnownModel.Required);
        routes.MapGet("/models/{model}/versions", async (string model, ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Registry.ListVersions(model, ct)))
            .WithName("listVersions").WithSummary("A model's versions").Produces<IReadOnlyList<ModelVersion>>();
        routes.MapGet("/models/{model}/versions/{version:int}", Get)
            .WithName("getVersion").WithSummary("A version").Produces<ModelVersion>();
        routes.MapGet("/models/{model}/versions/{version:int}/files", Files)
            .WithName("listPackageFiles").WithSummary("The files of a version's package with their hashes").Produces<PackageManifest>();
        routes.MapGet("/models/{model}/versions/{version:int}/files/{file}", File)
            .WithName("getPackageFile").WithSummary("A file of a version's package").Produces(200, contentType: "application/octet-stream");
        routes.MapGet("/models/{model}/aliases", async (string model, ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Registry.ListAliases(model, ct)))
            .WithName("listAliases").WithSummary("champion, challenger, previous").Produces<IReadOnlyList<ModelAlias>>();
        routes.MapPost("/models/{model}/promote", Promote)
            .WithName("promoteVersion").WithSummary("Make a version the champion").Accepts<PromoteRequest>("application/json").Produces<ModelAlias>();
        routes.MapPost("/models/{model}/rollback", Rollback)
            .WithName("rollback").WithSummary("Bring the champion before back").Accepts<ReasonRequest>("application/json").Produces<ModelAlias>();
        routes.MapGet("/models/{model}/rollouts", async (string model, ApiServices api, CancellationToken ct) => ProblemResults.Json(await api.Rollouts.List(model, ct)))
            .WithName("listRollouts").WithSummary("A model's rollouts").Produces<IReadOnlyList<RolloutRecord>>();
        routes.MapGet("/models/{model}/rollouts/{version:int}", async (string model, int version, ApiServices api, CancellationToken ct) =>
                ProblemResults.JsonOrNotFound(await api.Rollouts.Get(model, version, ct), "rollout-unknown", $"Version {version} of '{model}' has no rollout."))
            .WithName("getRollout").WithSummary("The rollout of a version").Produces<RolloutRecord>();
    }

    private static async Task<IResult> Get(string model, int version, ApiServices api, CancellationToken ct) =>
        ProblemResults.JsonOrNotFound(await api.Registry.FindVersion(model, version, ct), "version-unknown", Unknown(model, version));

    private static async Task<IResult> Files(string model, int version, ApiServices api, CancellationToken ct) =>
        await api.Registry.FindVersion(model, version, ct) is { } found
            ? ProblemResults.Json(await api.Content.GetJson<PackageManifest>(found.Package, ct))
            : Problem.NotFound("version-unknown", Unknown(model, version)).ToResult();

    private static async Task<IResult> File(string model, int version, string file, ApiServices api, CancellationToken ct)
    {
        if (await api.Registry.FindVersion(model, version, ct) is not { } found) return Problem.NotFound("version-unknown", Unknown(model, version)).ToResult();
        var manifest = await api.Content.GetJson<PackageManifest>(found.Package, ct);
        if (manifest.Files.FirstOrDefault(f => f.Name == file) is not { } entry)
            return Problem.NotFound("file-unknown", $"The package has no file '{file}'; it has {string.Join(", ", manifest.Files.Select(f => f.Name))}.").ToResult();
        var type = Path.GetExtension(file) switch { ".json" => "application/json", ".md" => "text/markdown; charset=utf-8", _ => "application/octet-stream" };
        return Results.Stream(await api.Content.Open(entry.Content, ct) ?? throw new MissingContentException(entry.Content), type);
    }

    private static async Task<IResult> Promote(string model, HttpRequest http, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<PromoteRequest>(http, MaxBytes);
        if (body.Succeeded && Words(body.Value.Actor, body.Value.Reason) is { } bad) return bad.ToResult();
        return body.Succeeded
            ? await Changed(model, await api.Registry.Promote(model, body.Value.Version, body.Value.Actor ?? "api", body.Value.Reason ?? "promoted by hand", ct), api, ct)
            : body.Problem.ToResult();
    }

    private static async Task<IResult> Rollback(string model, HttpRequest http, ApiServices api, CancellationToken ct)
    {
        var body = await JsonBodies.Read<ReasonRequest>(http, MaxBytes);
        if (body.Succeeded && Words(body.Value.Actor, body.Value.Reason) is { } bad) return bad.ToResult();
        return body.Succeeded
            ? await Changed(model, await api.Registry.Rollback(model, body.Value.Actor ?? "api", body.Value.Reason ?? "rolled back by hand", ct), api, ct)
            : body.Problem.ToResult();
    }

    private static async Task<IResult> Changed(string model, Outcome<ModelAlias> champion, ApiServices api, CancellationToken ct)
    {
        if (champion.Succeeded) await api.Rollouts.Look(model, ct);
        return champion.ToResult();
    }

    private static Problem? Words(string? actor, string? reason) => TextBounds.CheckName("actor", actor) ?? TextBounds.CheckReason("reason", reason);

    private static string Unknown(string model, int version) => $"Model '{model}' has no version {version}; /api/models/{model}/versions lists them.";
}
