namespace Perennial.Functions.Tests.Support.HandMoved;

/// <summary>
/// Time that stands until it is moved, for an engine that stamps its events by the machine's clock: what stood on this clock when the
/// machine's read so. A stamp is always told as the same time, so a history that is replayed is told as before.
/// </summary>
internal sealed class HandMovedTime(DateTimeOffset start)
{
    private readonly Lock _gate = new();
    private readonly List<(DateTime At, DateTimeOffset To)> _moves = [];

    /// <summary>What the clock shows.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_gate) return _moves.Count == 0 ? start : _moves[^1].To;
        }
    }

    /// <summary>Moves it on.</summary>
    public void Advance(TimeSpan duration)
    {
        lock (_gate) _moves.Add((TimeProvider.System.GetUtcNow().UtcDateTime, Now + duration));
    }

    /// <summary>What it showed when the machine's clock read so.</summary>
    public DateTimeOffset Of(DateTime stamped)
    {
        lock (_gate)
        {
            var last = _moves.FindLastIndex(move => move.At <= stamped);
            return last < 0 ? start : _moves[last].To;
        }
    }
}
