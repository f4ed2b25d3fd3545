using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.Api.Hosting;

/// <summary>What a host brings to the lifecycle: its adapters.</summary>
/// <param name="Content">Content by hash.</param>
/// <param name="Tables">Entities.</param>
/// <param name="Log">Predictions and labels.</param>
/// <param name="Orchestrations">What runs orchestrations.</param>
/// <param name="Notifier">Is told what people want to know.</param>
/// <param name="Clock">The time.</param>
/// <param name="Status">What the host tells of itself.</param>
/// <param name="Maintenance">What keeps the stores in order.</param>
public sealed record HostParts(
    IContentStore Content,
    ITableStore Tables,
    IPredictionLog Log,
    IOrchestrationClient Orchestrations,
    INotifier Notifier,
    TimeProvider Clock,
    IHostStatus Status,
    IMaintenance Maintenance)
{
    /// <summary>What scores; what every host has where a host brings no other.</summary>
    public IModelRuntime Runtime { get; init; } = new ManagedRuntime();

    /// <summary>The candidates, the baseline among them; what every host has where a host brings no others.</summary>
    public IReadOnlyList<ITrainer> Trainers { get; init; } = BuiltInTrainer.All;
}
