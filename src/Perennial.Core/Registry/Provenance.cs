using Perennial.Core.Ports;

namespace Perennial.Core.Registry;

/// <summary><c>provenance.json</c>: all that is needed to make the model again.</summary>
/// <param name="Dataset">The dataset it was trained on.</param>
/// <param name="Parts">The dataset's files.</param>
/// <param name="Spec">The spec's text.</param>
/// <param name="Seed">The seed of all randomness.</param>
/// <param name="Trainer">The winning trial's trainer.</param>
/// <param name="Parameters">The winning trial's parameters.</param>
/// <param name="Code">The version of the code.</param>
/// <param name="Environment">Runtime and processor architecture; the model does not depend on them, its metrics might.</param>
/// <param name="ParentVersion">The champion it was compared with.</param>
/// <param name="Trials">The list of all trials, in order: what is tried again when the version is made again. Versions of earlier hosts have none.</param>
public sealed record Provenance(
    ContentHash Dataset,
    IReadOnlyList<ContentHash> Parts,
    ContentHash Spec,
    ulong Seed,
    string Trainer,
    IReadOnlyDictionary<string, double> Parameters,
    string Code,
    string Environment,
    int? ParentVersion,
    ContentHash? Trials = null);
