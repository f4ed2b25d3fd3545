using Perennial.Core.Data;
using Perennial.Core.Evaluation;
using Perennial.Core.Registry;

namespace Perennial.Core.Pipelines;

/// <summary>All a report and the API show of a run beside its record. Grows stage by stage; each state is content of its own.</summary>
/// <param name="Findings">What the data stages found.</param>
/// <param name="Profiles">A profile a column of the dataset.</param>
/// <param name="Split">In a sentence: how many rows train, choose and judge, and how they were chosen.</param>
/// <param name="Trials">The trials so far, in order of their index.</param>
/// <param name="Winner">The index of the winning trial.</param>
/// <param name="Evaluation">The evaluation, once done.</param>
public sealed record RunDetails(
    IReadOnlyList<DataFinding> Findings,
    IReadOnlyList<ColumnProfile> Profiles,
    string? Split,
    IReadOnlyList<TrialRecord> Trials,
    int? Winner,
    EvaluationReport? Evaluation)
{
    /// <summary>Nothing yet.</summary>
    public static RunDetails Empty { get; } = new([], [], null, [], null, null);
}
