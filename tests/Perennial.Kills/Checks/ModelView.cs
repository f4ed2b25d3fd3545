using Perennial.Core.Governance;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;

namespace Perennial.Kills.Checks;

/// <summary>All that can be seen of a model: through the API of a host that serves, or in the folder of one that is dead.</summary>
/// <param name="Source">Where it was seen, for messages.</param>
/// <param name="SpecRevision">0 when there is no such model.</param>
/// <param name="Runs">All runs.</param>
/// <param name="Pending">Requests that no run answers yet.</param>
/// <param name="Versions">All versions.</param>
/// <param name="Aliases">All aliases.</param>
/// <param name="Audit">The whole chain.</param>
/// <param name="ChainFault">What the product's own check of the chain says.</param>
/// <param name="Datasets">All datasets.</param>
/// <param name="Logs">The logs; null through the API, which does not show them.</param>
/// <param name="BrokenArtifacts">Those that something refers to and that are missing or damaged.</param>
internal sealed record ModelView(
    string Source,
    int SpecRevision,
    IReadOnlyList<RunRecord> Runs,
    IReadOnlyList<RunTrigger> Pending,
    IReadOnlyList<ModelVersion> Versions,
    IReadOnlyList<ModelAlias> Aliases,
    IReadOnlyList<AuditEntry> Audit,
    string? ChainFault,
    IReadOnlyList<ContentHash> Datasets,
    LogView? Logs,
    IReadOnlyList<string> BrokenArtifacts)
{
    /// <summary>Whether all of it is of one moment, so that its parts must fit each other exactly: that of a dead host's folder is.</summary>
    public bool IsOfOneMoment => Logs is not null;
}

/// <summary>A model's logs.</summary>
internal sealed record LogView(IReadOnlyList<PredictionRecord> Predictions, IReadOnlyList<LabelRecord> Labels);
