using System.Globalization;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Core.Monitoring;

/// <summary>Keeps a model's monitor going and shows what it saw.</summary>
public sealed class MonitorService(MonitorJournal journal, ModelRegistry registry, ModelSpecs specs, IOrchestrationClient orchestrations)
{
    /// <summary>Starts the model's schedule when it does not run yet.</summary>
    public Task Ensure(string model, CancellationToken cancellationToken = default) =>
        orchestrations.Start(LifecycleNames.MonitorSchedule, LifecycleNames.MonitorId(model), model, cancellationToken);

    /// <summary>Asks for a pass now.</summary>
    public async Task RunNow(string model, CancellationToken cancellationToken = default)
    {
        await Ensure(model, cancellationToken);
        await orchestrations.RaiseEvent(LifecycleNames.MonitorId(model), LifecycleNames.MonitorNowEvent, Nothing.Value, cancellationToken);
    }

    /// <summary>The newest passes, newest first.</summary>
    public Task<IReadOnlyList<MonitorReport>> Reports(string model, int take, CancellationToken cancellationToken = default) =>
        journal.Reports(model, take, cancellationToken);

    /// <summary>A pass by its id, or null.</summary>
    public async Task<MonitorReport?> Report(string model, string id, CancellationToken cancellationToken = default) =>
        id.StartsWith(model + "-", StringComparison.Ordinal)
        && int.TryParse(id.AsSpan(model.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var pass)
            ? await journal.Report(model, pass, cancellationToken)
            : null;

    /// <summary>Alerts, newest first.</summary>
    public async Task<IReadOnlyList<Alert>> Alerts(string model, bool openOnly, CancellationToken cancellationToken = default) =>
        [.. (await journal.Alerts(model, cancellationToken)).Where(a => !openOnly || a.ClosedAt is null)];

    /// <summary>When the next pass is due; null when there is no such model.</summary>
    public Task<DateTimeOffset?> NextPassAt(string model, CancellationToken cancellationToken = default) =>
        MonitorGrid.Next(registry, specs, journal, model, cancellationToken);
}
