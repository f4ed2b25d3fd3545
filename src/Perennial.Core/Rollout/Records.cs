namespace Perennial.Core.Rollout;

/// <summary>A rollout as queries show it.</summary>
/// <param name="Id"><c>rollout-{model}-{version}</c>.</param>
/// <param name="Model">The model.</param>
/// <param name="Challenger">The version that wants in.</param>
/// <param name="Champion">The version that answers.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Pairs">Labelled rows that both versions scored.</param>
/// <param name="Unlabelled">Matured rows still without a label.</param>
/// <param name="MeanDifference">Mean loss of the champion less that of the challenger (positive: the challenger is better).</param>
/// <param name="EvidenceFor">How many times likelier the data are if the challenger is better, as the betting test counts (1/alpha decides).</param>
/// <param name="EvidenceAgainst">The same for worse.</param>
/// <param name="Reason">In a sentence: why it stands there.</param>
/// <param name="EvaluationRows">Test rows of the challenger's evaluation that count as pairs as well: nobody trained on them.</param>
public sealed record RolloutRecord(
    string Id,
    string Model,
    int Challenger,
    int Champion,
    RolloutStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    int Pairs,
    int Unlabelled,
    double MeanDifference,
    double EvidenceFor,
    double EvidenceAgainst,
    string Reason,
    int EvaluationRows = 0);

/// <summary>Where a rollout stands.</summary>
public enum RolloutStatus
{
    /// <summary>Both versions score; evidence is gathered.</summary>
    Shadow,

    /// <summary>The challenger became champion.</summary>
    Promoted,

    /// <summary>The champion stays.</summary>
    Rejected,

    /// <summary>A newer challenger took its place.</summary>
    Superseded,
}
