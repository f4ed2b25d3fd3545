namespace Perennial.Core.Governance.Retention;

/// <summary>What a collection is asked for.</summary>
/// <param name="OlderThan">Orchestrations that ended, and cached results that were made, longer ago than this are forgotten first.</param>
/// <param name="Grace">Artifacts that were put or looked for within this time stay.</param>
/// <param name="DryRun">Whether it only counts.</param>
public sealed record CollectionRequest(TimeSpan OlderThan, TimeSpan Grace, bool DryRun = false)
{
    /// <summary>90 days and a day.</summary>
    public static CollectionRequest Default { get; } = new(TimeSpan.FromDays(90), TimeSpan.FromDays(1));
}

/// <summary>What a collection did, or would do.</summary>
/// <param name="DryRun">Whether it only counted.</param>
/// <param name="Orchestrations">Ended orchestrations that were forgotten.</param>
/// <param name="CachedResults">Cached results of stages that were forgotten; they are made again when they are wanted.</param>
/// <param name="Removed">Artifacts that nothing refers to, removed.</param>
/// <param name="RemovedBytes">Their bytes.</param>
/// <param name="Kept">Artifacts that stay.</param>
/// <param name="KeptBytes">Their bytes.</param>
/// <param name="Young">Those of them that stay because they were put or looked for lately, referred to or not.</param>
public sealed record CollectionReport(
    bool DryRun,
    int Orchestrations,
    int CachedResults,
    int Removed,
    long RemovedBytes,
    int Kept,
    long KeptBytes,
    int Young);
