using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>What a run's stages hand on: everything large by its hash. Part of histories, so it only gains optional members.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Spec">The spec it follows.</param>
/// <param name="Dataset">The dataset it trains on.</param>
/// <param name="Plan">The <see cref="Training.TrainingPlan"/>.</param>
/// <param name="Profile">The <see cref="Stages.ProfileResult"/>.</param>
/// <param name="Split">The <see cref="Data.RowSplit"/>.</param>
/// <param name="Trials">The list of <see cref="Training.TrialPlan"/>.</param>
/// <param name="TrialCount">How many trials there are.</param>
/// <param name="Results">The list of the trials' results, by index.</param>
/// <param name="Winner">The winning trial.</param>
/// <param name="Fit">The <see cref="Stages.FitResult"/>.</param>
/// <param name="Evaluation">The <see cref="Stages.EvaluationResult"/>, later with its gates.</param>
/// <param name="Rejection">Why the run ends here without a version.</param>
/// <param name="Package">The package.</param>
/// <param name="Version">The version registered.</param>
/// <param name="ApprovalUntil">Until when a person may approve; null where nobody is asked.</param>
/// <param name="Repeat">The version that is made again; null for a run of its own.</param>
/// <param name="Replay">The list of <see cref="Training.TrialPlan"/> to try, whatever the spec's search would choose; null where it chooses.</param>
public sealed record RunState(
    RunKey Run,
    ContentHash? Spec = null,
    ContentHash? Dataset = null,
    ContentHash? Plan = null,
    ContentHash? Profile = null,
    ContentHash? Split = null,
    ContentHash? Trials = null,
    int TrialCount = 0,
    ContentHash? Results = null,
    int? Winner = null,
    ContentHash? Fit = null,
    ContentHash? Evaluation = null,
    string? Rejection = null,
    ContentHash? Package = null,
    int? Version = null,
    DateTimeOffset? ApprovalUntil = null,
    int? Repeat = null,
    ContentHash? Replay = null)
{
    /// <summary>Part of what results are cached by: a run that makes a version again takes none that was made before. Null for other runs.</summary>
    public int? Afresh() => Repeat is null ? null : Run.Sequence;
}

/// <summary>One trial to run.</summary>
/// <param name="State">The run so far.</param>
/// <param name="Index">The trial.</param>
public sealed record TrialCall(RunState State, int Index);

/// <summary>Where a search stands: what one batch of trials hands to the next. Part of histories, so it only gains optional members.</summary>
/// <param name="State">The run so far; its trials are those decided so far.</param>
/// <param name="Log">The list of the hashes of all results before this batch, by index; null before the first.</param>
/// <param name="From">The first trial of the batch.</param>
/// <param name="Count">How many trials the batch has; 0 where the search is over.</param>
/// <param name="Results">The batch's results, by index.</param>
/// <param name="Since">When the search began; wall time.</param>
public sealed record SearchRound(
    RunState State, ContentHash? Log = null, int From = 0, int Count = 0, IReadOnlyList<ContentHash>? Results = null, DateTimeOffset? Since = null);

/// <summary>What all trials gave.</summary>
/// <param name="State">The run so far.</param>
/// <param name="Results">The content of each trial's result, by index.</param>
public sealed record TrialsDone(RunState State, IReadOnlyList<ContentHash> Results);

/// <summary>A person's decision on a run that waits for approval.</summary>
/// <param name="Approved">Yes or no.</param>
/// <param name="Actor">Who.</param>
/// <param name="Comment">Why.</param>
public sealed record ApprovalDecision(bool Approved, string Actor, string? Comment);

/// <summary>How the wait for approval ended.</summary>
/// <param name="State">The run so far.</param>
/// <param name="Decision">The decision; null when the deadline passed first.</param>
public sealed record ApprovalOutcome(RunState State, ApprovalDecision? Decision);

/// <summary>A run that failed.</summary>
/// <param name="Run">Which run.</param>
/// <param name="Failure">Why.</param>
public sealed record RunFailure(RunKey Run, Orchestration.Failure Failure);

/// <summary>What a coordinator should do next.</summary>
/// <param name="Run">The run to call; null when nothing is pending.</param>
/// <param name="InstanceId">Its instance.</param>
public sealed record TakenRun(RunKey? Run, string? InstanceId);
