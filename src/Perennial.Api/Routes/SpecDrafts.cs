using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Api.Routes;

/// <summary>
/// Specs that are checked but are no model's yet. They are content and nothing else: rows that do not fit one leave the model's own spec as
/// it is, and a collection takes what nobody came back to.
/// </summary>
internal static class SpecDrafts
{
    /// <summary>Checks a spec and keeps it as content.</summary>
    public static async Task<Outcome<ContentHash>> Keep(string model, byte[] utf8, ApiServices api, CancellationToken ct)
    {
        var spec = Check(model, utf8, api);
        return spec.Succeeded ? await api.Content.PutBytes(utf8, ct) : spec.Problem;
    }

    /// <summary>The spec that was kept under the id; problems are those of an id that is none, or of something else.</summary>
    public static async Task<Outcome<ModelSpec>> Find(string model, string id, ApiServices api, CancellationToken ct)
    {
        if (!ContentHash.TryParse(id, out var hash)) return Problem.Invalid("bad-spec-id", "A spec's id is 64 lower-case hexadecimal digits.");
        await using (var stored = await api.Content.Open(hash, ct))
        {
            // Any content may be named, also a file of rows of any size.
            if (stored is null || stored.Length > SpecReader.MaxBytes)
                return Problem.NotFound("spec-unknown", $"No spec {id} is kept. Post it to /api/models/{model}/specs first.");
        }
        return Check(model, await api.Content.GetBytes(hash, ct), api);
    }

    /// <summary>Makes a kept spec the model's, which is made where there is none.</summary>
    public static async Task<Outcome<ModelRecord>> Adopt(string model, ContentHash spec, ApiServices api, string? actor, CancellationToken ct)
    {
        var record = await api.Registry.PutModel(model, spec, actor ?? "api", ct);
        if (record.Succeeded) await api.Monitors.Ensure(model, ct);
        return record;
    }

    private static Outcome<ModelSpec> Check(string model, byte[] utf8, ApiServices api)
    {
        var spec = SpecReader.Read(utf8, "perennial.json", api.Offer);
        return spec.Succeeded && spec.Value.Model != model
            ? Problem.Invalid("model-name-differs", $"The spec names the model '{spec.Value.Model}', the address '{model}'. Make them equal.")
            : spec;
    }
}
