using System.Globalization;
using System.Text.Json;
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

    /// <summary>When the schedule goes on, and why the last pass could not be made.</summary>
    public async Task<MonitorState> State(string model, CancellationToken cancellationToken = default)
    {
        var schedule = await orchestrations.Get(LifecycleNames.MonitorId(model), cancellationToken);
        return schedule?.CustomStatus is { } status ? status.Deserialize<MonitorState>(CoreJson.Options)! : new MonitorState(null, null);
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

/// <summary>Where a model's monitor schedule stands: what <see cref="MonitorSchedule"/> sets as its status.</summary>
/// <param name="NextPassAt">When it goes on by itself; null while it finds that out.</param>
/// <param name="Failure">Why the last pass could not be made; null when it was made, or goes on now.</param>
public sealed record MonitorState(DateTimeOffset? NextPassAt, Failure? Failure);
