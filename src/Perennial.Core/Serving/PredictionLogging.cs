namespace Perennial.Core.Serving;

/// <summary>Whether predictions are being logged. When they are not, they are still answered: a full disk must not stop who asks.</summary>
/// <param name="Logging">Whether the last prediction was logged; true before the first.</param>
/// <param name="Unlogged">Rows that were answered without being logged since the host started.</param>
/// <param name="Since">Since when nothing is logged; null while predictions are.</param>
/// <param name="Reason">Why nothing is logged and what to do; null while predictions are.</param>
public sealed record PredictionLogging(bool Logging, long Unlogged, DateTimeOffset? Since = null, string? Reason = null);

/// <summary>Keeps count of what was answered and could not be logged, and tells of it at most once a minute. Safe for concurrent use.</summary>
internal sealed class UnloggedPredictions(TimeProvider clock, Action<PredictionLogging>? told)
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private PredictionLogging _now = new(true, 0);
    private long? _toldAt;

    public PredictionLogging Now
    {
        get { lock (_gate) return _now; }
    }

    public void Add(int rows, IOException reason)
    {
        PredictionLogging? tell = null;
        lock (_gate)
        {
            _now = new PredictionLogging(false, _now.Unlogged + rows, _now.Since ?? clock.GetUtcNow(), reason.Message);
            if (_toldAt is not { } last || clock.GetElapsedTime(last) >= TellEvery)
            {
                _toldAt = clock.GetTimestamp();
                tell = _now;
            }
        }
        if (tell is not null) told?.Invoke(tell);
    }

    /// <summary>Predictions are logged; the first after an outage is told as well.</summary>
    public void End()
    {
        // Nearly every prediction comes here, and nearly none ends an outage.
        if (Volatile.Read(ref _now).Logging) return;
        PredictionLogging? tell = null;
        lock (_gate)
        {
            if (!_now.Logging) _now = tell = new PredictionLogging(true, _now.Unlogged);
            _toldAt = null;
        }
        if (tell is not null) told?.Invoke(tell);
    }
}
