using System.Collections.Concurrent;
using Perennial.Core.Outcomes;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Training;

namespace Perennial.Core.Serving;

/// <summary>A version ready to predict.</summary>
/// <param name="Version">The version.</param>
/// <param name="Signature">What it takes.</param>
/// <param name="Predictor">The loaded graph.</param>
/// <param name="Explain">Explains its answers, or says why that cannot be done; read when it is first asked for.</param>
public sealed record LoadedVersion(ModelVersion Version, ModelSignature Signature, IPredictor Predictor, Func<Task<Outcome<VersionExplainer>>> Explain);

/// <summary>
/// Loaded versions by package. Champion, challenger and previous of each model stay loaded, which also keeps a rollback instant; a
/// version that was loaded for a single look is dropped when there are more than <see cref="Capacity"/>.
/// </summary>
public sealed class LoadedVersions(IContentStore content, IModelRuntime runtime)
{
    /// <summary>How many packages stay loaded.</summary>
    public const int Capacity = 64;

    private readonly ConcurrentDictionary<ContentHash, Lazy<Task<OpenedPackage>>> _loaded = new();

    /// <summary>The version, loaded.</summary>
    /// <exception cref="MissingContentException">A file of its package is gone.</exception>
    /// <exception cref="DamagedContentException">A file of its package is not as it was stored; nothing of it is used.</exception>
    /// <exception cref="RuntimeMissingException">It was measured on a runtime that this host does not have.</exception>
    public async Task<LoadedVersion> Load(ModelVersion version, CancellationToken cancellationToken)
    {
        if (_loaded.Count > Capacity) _loaded.Clear();
        var entry = _loaded.GetOrAdd(version.Package, package => new(() => Open(package)));
        try
        {
            var opened = await entry.Value.WaitAsync(cancellationToken);
            return new LoadedVersion(version, opened.Signature, opened.Predictor, opened.Explainer);
        }
        catch when (entry.Value.IsFaulted)
        {
            // A failed load may succeed later (a full disk, a copy restored): it must not stay.
            _loaded.TryRemove(version.Package, out _);
            throw;
        }
    }

    private async Task<OpenedPackage> Open(ContentHash package)
    {
        var manifest = await content.GetJson<PackageManifest>(package);
        var signature = await content.GetJson<ModelSignature>(manifest["signature.json"]);
        return new OpenedPackage(signature, runtime.For(signature.Runtime ?? ServingRuntime.Auto).Load(await content.GetBytes(manifest["model.onnx"])), () => VersionExplainer.Open(content, manifest));
    }

    private sealed class OpenedPackage(ModelSignature signature, IPredictor predictor, Func<Task<Outcome<VersionExplainer>>> open)
    {
        private Task<Outcome<VersionExplainer>>? _explainer;

        public ModelSignature Signature => signature;

        public IPredictor Predictor => predictor;

        // Two that ask at once may both read it, which does no harm; what failed to be read is read again.
        public Task<Outcome<VersionExplainer>> Explainer()
        {
            if (_explainer is null or { IsFaulted: true } or { IsCanceled: true }) _explainer = open();
            return _explainer;
        }
    }
}
