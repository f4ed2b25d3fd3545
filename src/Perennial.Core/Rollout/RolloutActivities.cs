using Perennial.Core.Orchestration;

namespace Perennial.Core.Rollout;

/// <summary>The steps of a rollout, by name.</summary>
public static class RolloutActivities
{
    /// <summary>Takes the challenger's place, once.</summary>
    public static readonly ActivityName<VersionKey, Nothing> Begin = new("RolloutBegin");

    /// <summary>Counts new evidence and decides where it is enough.</summary>
    public static readonly ActivityName<VersionKey, Judgement> Judge = new("RolloutJudge");

    /// <summary>Adds orchestration and steps to a host's catalog.</summary>
    public static OrchestrationCatalog AddRollout(this OrchestrationCatalog catalog, RolloutServices services) => catalog
        .Add(LifecycleNames.Rollout, RolloutOrchestration.Run)
        .Add(Begin, () => new BeginRollout(services))
        .Add(Judge, () => new JudgeRollout(services));
}

/// <summary>What a judgement says.</summary>
/// <param name="Decided">Whether the rollout is over.</param>
/// <param name="Reason">Why it stands where it stands.</param>
public sealed record Judgement(bool Decided, string Reason);
