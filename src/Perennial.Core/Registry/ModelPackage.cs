using Perennial.Core.Evaluation;
using Perennial.Core.Ports;

namespace Perennial.Core.Registry;

/// <summary>A package that has been read.</summary>
/// <param name="content">Where its other files are read from.</param>
/// <param name="manifest">Its files.</param>
/// <param name="signature">What it takes and gives.</param>
/// <param name="baseline">What its data looked like.</param>
/// <param name="evaluation">How it did.</param>
public sealed class ModelPackage(IContentStore content, PackageManifest manifest, ModelSignature signature, Baseline baseline, EvaluationReport evaluation)
{
    /// <summary>Its files.</summary>
    public PackageManifest Manifest => manifest;

    /// <summary>What it takes and gives.</summary>
    public ModelSignature Signature => signature;

    /// <summary>What its data looked like.</summary>
    public Baseline Baseline => baseline;

    /// <summary>How it did.</summary>
    public EvaluationReport Evaluation => evaluation;

    /// <summary>The SHA-256 of <c>model.onnx</c>.</summary>
    public ContentHash Model => manifest["model.onnx"];

    /// <summary>The graph's bytes, read now.</summary>
    public Task<byte[]> ReadOnnx(CancellationToken cancellationToken = default) => content.GetBytes(Model, cancellationToken);

    /// <summary>Where it comes from, read now.</summary>
    public Task<Provenance> ReadProvenance(CancellationToken cancellationToken = default) => content.GetJson<Provenance>(manifest["provenance.json"], cancellationToken);

    /// <summary>The model card as Markdown, read now.</summary>
    public async Task<string> ReadCard(CancellationToken cancellationToken = default) => System.Text.Encoding.UTF8.GetString(await content.GetBytes(manifest["card.md"], cancellationToken));
}
