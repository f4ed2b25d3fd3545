using Perennial.Core.Orchestration;

namespace Perennial.Core.Monitoring;

/// <summary>Says when the next pass is due.</summary>
public sealed class MonitorNext(MonitorServices services) : IActivity<string, DateTimeOffset>
{
    /// <inheritdoc/>
    public async Task<DateTimeOffset> Run(string input, ActivityContext context, CancellationToken cancellationToken) =>
        await MonitorGrid.Next(services.Registry, services.Specs, services.Journal, input, cancellationToken)
        ?? throw new ActivityFailureException(new Failure("model-unknown", $"There is no model '{input}'.", Retryable: false));
}
