using System.Collections.Concurrent;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Core.Serving;

/// <summary>A version ready to predict.</summary>
/// <param name="Version">The version.</param>
/// <param name="Signature">What it takes.</param>
/// <param name="Predictor">The loaded graph.</param>
public sealed record LoadedVersion(ModelVersion Version, ModelSignature Signature, IPredictor Predictor);

/// <summary>
/// Loaded versions by package. Champion, challenger and previous of each model stay loaded, which also keeps a rollback instant; a
/// version that was loaded for a single look is dropped when there are more than <see cref="Capacity"/>.
/// </summary>
public sealed class LoadedVersions(IContentStore content, IModelRuntime runtime)
{
    /// <summary>How many packages stay loaded.</summary>
    public const int Capacity = 64;

    private readonly ConcurrentDictionary<ContentHash, Lazy<Task<(ModelSignature Signature, IPredictor Predictor)>>> _loaded = new();

    /// <summary>The version, loaded.</summary>
    /// <exception cref="MissingContentException">A file of its package is gone.</exception>
    /// <exception cref="DamagedContentException">A file of its package is not as it was stored; nothing of it is used.</exception>
    public async Task<LoadedVersion> Load(ModelVersion version, CancellationToken cancellationToken)
    {
        if (_loaded.Count > Capacity) _loaded.Clear();
        var entry = _loaded.GetOrAdd(version.Package, package => new(() => Open(package)));
        try
        {
            var (signature, predictor) = await entry.Value.WaitAsync(cancellationToken);
            return new LoadedVersion(version, signature, predictor);
        }
        catch when (entry.Value.IsFaulted)
        {
            // A failed load may succeed later (a full disk, a copy restored): it must not stay.
            _loaded.TryRemove(version.Package, out _);
            throw;
        }
    }

    private async Task<(ModelSignature, IPredictor)> Open(ContentHash package)
    {
        var manifest = await content.GetJson<PackageManifest>(package);
        var signature = await content.GetJson<ModelSignature>(manifest["signature.json"]);
        return (signature, runtime.Load(await content.GetBytes(manifest["model.onnx"])));
    }
}
