namespace Perennial.Api;

/// <summary>What a host tells of itself.</summary>
public interface IHostStatus
{
    /// <summary>Whether orchestrations or activities run or could run now; false when the host waits for time or callers.</summary>
    Task<bool> IsBusy(CancellationToken cancellationToken);

    /// <summary>Whether orchestrations cannot go on at present, e.g. because the disk is full.</summary>
    bool StandsStill { get; }
}
