using Perennial.Core.Pipelines;

namespace Perennial.Core.Orchestration;

/// <summary>The lifecycle's orchestrations and the ids of their instances: all that one part needs to know of another.</summary>
public static class LifecycleNames
{
    /// <summary>One eternal instance a model: takes pending triggers and runs one pipeline at a time. Input: the model.</summary>
    public static readonly OrchestrationName<string, Nothing> ModelCoordinator = new("ModelCoordinator", 2);

    /// <summary>One run. Input and output by reference: the run's id; everything else is in its record.</summary>
    public static readonly OrchestrationName<RunKey, Nothing> TrainingPipeline = new("TrainingPipeline", 2);

    /// <summary>The search of a run, a generation a batch of trials. Input: the run so far; output: the same with trials, results and winner.</summary>
    public static readonly OrchestrationName<SearchRound, RunState> TrialSearch = new("TrialSearch");

    /// <summary>One challenger against one champion. Input: model and version.</summary>
    public static readonly OrchestrationName<VersionKey, Nothing> Rollout = new("Rollout", 2);

    /// <summary>One eternal instance a model: a monitor pass whenever it is due or wanted. Input: the model.</summary>
    public static readonly OrchestrationName<string, Nothing> MonitorSchedule = new("MonitorSchedule", 2);

    /// <summary>The event that tells a coordinator to look at its pending triggers. A hint only.</summary>
    public const string TriggerEvent = "trigger";

    /// <summary>The event that carries a person's decision to a run.</summary>
    public const string ApprovalEvent = "approval";

    /// <summary>The event that wants a monitor pass now: one that begins after it came.</summary>
    public const string MonitorNowEvent = "monitor-now";

    /// <summary>The event that tells a rollout to look at its evidence. A hint only.</summary>
    public const string EvidenceEvent = "evidence";

    /// <summary>The coordinator's instance.</summary>
    public static string CoordinatorId(string model) => $"model-{model}";

    /// <summary>A run's instance, and the run's id.</summary>
    public static string RunId(string model, int sequence) => $"run-{model}-{sequence}";

    /// <summary>The search of a run's instance, each attempt's its own.</summary>
    public static string SearchId(string runInstanceId) => $"search-{runInstanceId["run-".Length..]}";

    /// <summary>A rollout's instance.</summary>
    public static string RolloutId(string model, int version) => $"rollout-{model}-{version}";

    /// <summary>The monitor schedule's instance.</summary>
    public static string MonitorId(string model) => $"monitor-{model}";

    /// <summary>
    /// The model that an instance works for: the inverse of the ids above, a run's later attempts (<c>run-birds-3.2</c>) and searches included; the
    /// id itself where it is none of them.
    /// </summary>
    public static string ModelOf(string instanceId)
    {
        var kind = instanceId.IndexOf('-');
        var rest = kind < 0 ? "" : instanceId[(kind + 1)..];
        return (kind < 0 ? "" : instanceId[..kind]) switch
        {
            "model" or "monitor" when rest.Length > 0 => rest,
            // A model's name may hold dashes and digits; what follows the last dash is the number.
            "run" or "search" or "rollout" when rest.LastIndexOf('-') is > 0 and var dash => rest[..dash],
            _ => instanceId,
        };
    }
}

/// <summary>A version of a model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Version">The version.</param>
public sealed record VersionKey(string Model, int Version);
