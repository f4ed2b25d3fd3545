using Perennial.Core.Orchestration;

namespace Perennial.Core.Monitoring;

/// <summary>The steps of the monitor, by name.</summary>
public static class MonitorActivities
{
    /// <summary>When the next pass is due.</summary>
    public static readonly ActivityName<string, DateTimeOffset> Next = new("MonitorNext");

    /// <summary>One pass.</summary>
    public static readonly ActivityName<PassRequest, Nothing> Pass = new("MonitorPass");

    /// <summary>Adds orchestration and steps to a host's catalog.</summary>
    public static OrchestrationCatalog AddMonitoring(this OrchestrationCatalog catalog, MonitorServices services) => catalog
        .Add(LifecycleNames.MonitorSchedule, MonitorSchedule.Run)
        .Add(Next, () => new MonitorNext(services))
        .Add(Pass, () => new MonitorPass(services));
}

/// <summary>A pass that is wanted.</summary>
/// <param name="Model">The model.</param>
/// <param name="Key">The same for every attempt of the same pass, so that a repeated step is one pass.</param>
public sealed record PassRequest(string Model, string Key);
