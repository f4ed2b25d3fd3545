using System.Globalization;
using System.Text.Json.Serialization;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>Why a run was wanted.</summary>
/// <param name="Kind">What asked.</param>
/// <param name="Reason">In a sentence, with the evidence.</param>
/// <param name="Actor">Who asked: a person's name, or the system's part.</param>
/// <param name="At">When.</param>
/// <param name="Dataset">The dataset to train on; null: the newest one extended by labelled traffic.</param>
/// <param name="Key">Requests with the same key are one request, however often they are made.</param>
/// <param name="Repeat">The version to make again from its own dataset, spec and trials, and to compare; such a run registers nothing.</param>
public sealed record RunTrigger(RunTriggerKind Kind, string Reason, string Actor, DateTimeOffset At, ContentHash? Dataset, string Key, int? Repeat = null);

/// <summary>What asked for a run.</summary>
public enum RunTriggerKind
{
    /// <summary>A person or a program, through the API.</summary>
    Request,

    /// <summary>A file in the inbox.</summary>
    Inbox,

    /// <summary>An alert of data drift.</summary>
    Drift,

    /// <summary>An alert of performance.</summary>
    Performance,

    /// <summary>A count of new labelled rows.</summary>
    Labels,

    /// <summary>The retrain schedule.</summary>
    Schedule,
}

/// <summary>Which run.</summary>
/// <param name="Model">The model.</param>
/// <param name="Sequence">Its number.</param>
public sealed record RunKey(string Model, int Sequence);

/// <summary>A run as queries show it. Kept in table <c>runs</c>, partition the model, row the padded sequence number.</summary>
/// <param name="Id"><c>run-{model}-{sequence}</c>, never reused.</param>
/// <param name="Model">The model.</param>
/// <param name="Sequence">From 1, per model.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Triggers">All requests that this run answers, oldest first.</param>
/// <param name="Dataset">The dataset it trains on, once known.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Stages">What has happened, in order.</param>
/// <param name="Version">The version it registered.</param>
/// <param name="Champion">The champion it was compared with.</param>
/// <param name="Report">The hash of its <c>report.html</c>, once written.</param>
/// <param name="Conclusion">In a sentence: what came out and why.</param>
/// <param name="Failure">Why it failed.</param>
/// <param name="Progress">The hash of <see cref="RunDetails"/>: trials, evaluation and findings so far.</param>
/// <param name="Attempt">From 1; a retry raises it.</param>
public sealed record RunRecord(
    string Id,
    string Model,
    int Sequence,
    RunStatus Status,
    IReadOnlyList<RunTrigger> Triggers,
    ContentHash? Dataset,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt,
    IReadOnlyList<StageRecord> Stages,
    int? Version = null,
    int? Champion = null,
    ContentHash? Report = null,
    string? Conclusion = null,
    Failure? Failure = null,
    ContentHash? Progress = null,
    int Attempt = 1)
{
    /// <summary>The orchestration instance of this attempt: an instance's id is never used twice.</summary>
    [JsonIgnore]
    public string InstanceId => Attempt == 1 ? Id : string.Create(CultureInfo.InvariantCulture, $"{Id}.{Attempt}");
}

/// <summary>Where a run stands.</summary>
public enum RunStatus
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It waits for a person.</summary>
    AwaitingApproval,

    /// <summary>It registered a version, or made one again.</summary>
    Succeeded,

    /// <summary>A gate or a person said no: not a failure.</summary>
    Rejected,

    /// <summary>A stage failed; <c>retry</c> goes on from it.</summary>
    Failed,
}

/// <summary>One stage of a run.</summary>
/// <param name="Name">ingest, validate, profile, split, search, fit, evaluate, gate, package, register, approval.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Cached">Whether an earlier result with the same inputs was taken.</param>
/// <param name="Summary">One line for a person: "7,100 train, 1,520 validation, 1,520 test rows, by time".</param>
/// <param name="Done">Units done (trials), where the stage has units.</param>
/// <param name="Total">Units in all.</param>
public sealed record StageRecord(
    string Name,
    StageStatus Status,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt = null,
    bool Cached = false,
    string? Summary = null,
    int? Done = null,
    int? Total = null);

/// <summary>Where a stage stands.</summary>
public enum StageStatus
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It is done.</summary>
    Done,

    /// <summary>It failed.</summary>
    Failed,
}

/// <summary>One trial of the search.</summary>
/// <param name="Index">From 0; 0 is the baseline.</param>
/// <param name="Trainer">The trainer's name.</param>
/// <param name="Parameters">What was tried, history share included.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Value">On the validation rows, or the mean over the folds; null when the trial was refused.</param>
/// <param name="Note">Why it was refused, or facts such as rounds.</param>
/// <param name="Seconds">Wall time; informative only.</param>
/// <param name="Rung">The rung of successive halving, from 0; absent where there are none.</param>
/// <param name="RowShare">The share of the training rows that its rung trains on; absent where it is all.</param>
/// <param name="PromotedFrom">The trial of the rung below that it goes on from.</param>
/// <param name="Folds">The metric of each fold, of which the value is the mean; absent without cross-validation.</param>
public sealed record TrialRecord(
    int Index,
    string Trainer,
    IReadOnlyDictionary<string, double> Parameters,
    string Metric,
    double? Value,
    string? Note,
    double Seconds,
    int? Rung = null,
    double? RowShare = null,
    int? PromotedFrom = null,
    IReadOnlyList<double>? Folds = null);
