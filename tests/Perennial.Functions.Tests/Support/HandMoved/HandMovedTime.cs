using Perennial.Local.Time;

namespace Perennial.Functions.Tests.Support.HandMoved;

/// <summary>
/// A clock that is moved by hand, for an engine that stamps its events by the machine's: what stood on it when the machine's read so. A stamp is
/// always told as the same time, so a history that is replayed is told as before.
/// </summary>
/// <param name="clock">What everybody else reads; only this moves it.</param>
internal sealed class HandMovedTime(MovableClock clock)
{
    private readonly DateTimeOffset _start = clock.GetUtcNow();
    private readonly Lock _gate = new();
    private readonly List<(DateTime At, DateTimeOffset To)> _moves = [];

    /// <summary>What the clock shows.</summary>
    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>Moves it on.</summary>
    public void Advance(TimeSpan duration)
    {
        lock (_gate)
        {
            clock.Advance(duration);
            _moves.Add((TimeProvider.System.GetUtcNow().UtcDateTime, Now));
        }
    }

    /// <summary>What it showed when the machine's clock read so.</summary>
    public DateTimeOffset Of(DateTime stamped)
    {
        lock (_gate)
        {
            var last = _moves.FindLastIndex(move => move.At <= stamped);
            return last < 0 ? _start : _moves[last].To;
        }
    }
}
