using System.Collections.Concurrent;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;

namespace Perennial.Core.Registry;

/// <summary>The specs of models, parsed once per content.</summary>
public sealed class ModelSpecs(ModelRegistry registry, IContentStore content)
{
    private readonly ConcurrentDictionary<ContentHash, ModelSpec> _parsed = new();

    /// <summary>The model's present spec, or a problem when there is no such model.</summary>
    public async Task<Outcome<ModelSpec>> Find(string model, CancellationToken cancellationToken = default) =>
        await registry.FindModel(model, cancellationToken) is { } record
            ? await Read(record.Spec, cancellationToken)
            : Problem.NotFound("model-unknown", $"There is no model '{model}'. Put its spec to /api/models/{model} first; /api/models lists those that are there.");

    /// <summary>The spec of that content.</summary>
    public async Task<Outcome<ModelSpec>> Read(ContentHash hash, CancellationToken cancellationToken = default)
    {
        if (_parsed.TryGetValue(hash, out var known)) return known;
        var spec = SpecReader.Read(await content.GetBytes(hash, cancellationToken), "perennial.json");
        if (spec.Succeeded) _parsed[hash] = spec.Value;
        return spec;
    }
}
