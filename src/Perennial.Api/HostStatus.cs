using Perennial.Core.Ports;

namespace Perennial.Api;

/// <summary>What a host tells of itself.</summary>
public interface IHostStatus
{
    /// <summary>Whether orchestrations or activities run or could run now; false when the host waits for time or callers.</summary>
    Task<bool> IsBusy(CancellationToken cancellationToken);

    /// <summary>Why orchestrations cannot go on at present, e.g. because the disk is full, and what to do; null while they go on.</summary>
    string? StandsStill { get; }

    /// <summary>The file that holds content, under the host's folder, for messages about it; null where content does not lie in files.</summary>
    string? FileOf(ContentHash content);
}
