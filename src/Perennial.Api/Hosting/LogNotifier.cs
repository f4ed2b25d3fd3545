using Microsoft.Extensions.Logging;
using Perennial.Core.Ports;

namespace Perennial.Api.Hosting;

/// <summary>Notices go to the host's log, at a level that a quiet host leaves out.</summary>
public sealed class LogNotifier(ILogger<LogNotifier> logger) : INotifier
{
    /// <inheritdoc/>
    public Task Notify(Notice notice, CancellationToken cancellationToken = default)
    {
        logger.LogInformation("{Kind} {Model}: {Message}", notice.Kind, notice.Model, notice.Message);
        return Task.CompletedTask;
    }
}
