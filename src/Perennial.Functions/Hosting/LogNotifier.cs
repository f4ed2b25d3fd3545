using Microsoft.Extensions.Logging;
using Perennial.Core.Ports;

namespace Perennial.Functions.Hosting;

/// <summary>Notices go to the app's log, and so to Application Insights, where alert rules can act on them.</summary>
public sealed class LogNotifier(ILogger<LogNotifier> logger) : INotifier
{
    /// <inheritdoc/>
    public Task Notify(Notice notice, CancellationToken cancellationToken = default)
    {
        logger.LogInformation("{Kind} {Model}: {Message}", notice.Kind, notice.Model, notice.Message);
        return Task.CompletedTask;
    }
}
