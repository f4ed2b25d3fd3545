namespace Perennial.Api;

/// <summary>What a host tells of itself.</summary>
public interface IHostStatus
{
    /// <summary>Whether orchestrations or activities run or could run now; false when the host waits for time or callers.</summary>
    Task<bool> IsBusy(CancellationToken cancellationToken);

    /// <summary>Why orchestrations cannot go on at present, e.g. because the disk is full, and what to do; null while they go on.</summary>
    string? StandsStill { get; }
}
