using System.Text;
using System.Text.Json;
using Perennial.Core.Evaluation;
using Perennial.Core.Ports;

namespace Perennial.Core.Registry;

/// <summary>Model packages: immutable, content-addressed, six files, a seventh for linear versions, and a manifest.</summary>
public sealed class PackageStore(IContentStore content)
{
    /// <summary>Writes a package; equal files make the same package. JSON files are indented, since people read them.</summary>
    /// <returns>The hash of its manifest.</returns>
    public async Task<ContentHash> Write(
        ContentHash onnx, ModelSignature signature, Baseline baseline, EvaluationReport evaluation, Provenance provenance, string card,
        ExplainerFile? explainer = null, CancellationToken cancellationToken = default)
    {
        List<PackageFile> files =
        [
            new("baseline.json", await PutFile(baseline, cancellationToken)),
            new("card.md", await content.PutBytes(Encoding.UTF8.GetBytes(card), cancellationToken)),
            new("evaluation.json", await PutFile(evaluation, cancellationToken)),
            .. explainer is null ? Array.Empty<PackageFile>() : [new(ExplainerFile.Name, await PutFile(explainer, cancellationToken))],
            new("model.onnx", onnx),
            new("provenance.json", await PutFile(provenance, cancellationToken)),
            new("signature.json", await PutFile(signature, cancellationToken)),
        ];
        return await content.PutJson(new PackageManifest(files), cancellationToken);
    }

    /// <summary>Reads a package; the graph and the texts are read when they are asked for.</summary>
    /// <exception cref="MissingContentException">The store has lost a file of it.</exception>
    /// <exception cref="DamagedContentException">A file of it is not as it was stored.</exception>
    public async Task<ModelPackage> Read(ContentHash package, CancellationToken cancellationToken = default)
    {
        var manifest = await content.GetJson<PackageManifest>(package, cancellationToken);
        return new ModelPackage(
            content,
            manifest,
            await content.GetJson<ModelSignature>(manifest["signature.json"], cancellationToken),
            await content.GetJson<Baseline>(manifest["baseline.json"], cancellationToken),
            await content.GetJson<EvaluationReport>(manifest["evaluation.json"], cancellationToken));
    }

    private Task<ContentHash> PutFile<T>(T value, CancellationToken cancellationToken) =>
        content.PutBytes(JsonSerializer.SerializeToUtf8Bytes(value, CoreJson.Indented), cancellationToken);
}
