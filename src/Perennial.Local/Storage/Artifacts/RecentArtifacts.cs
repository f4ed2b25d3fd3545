using System.Collections.Concurrent;
using Perennial.Core.Ports;

namespace Perennial.Local.Storage.Artifacts;

/// <summary>
/// What this process put or was asked for within the last day, by a time that only goes forward: whoever sets the clock ahead, or back
/// and ahead again, makes nothing older.
/// </summary>
/// <param name="clock">Only its timestamps are read.</param>
internal sealed class RecentArtifacts(TimeProvider clock)
{
    // The usual grace. Past it, and for a longer one, the times of the files alone decide.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);
    private const int FewToLookThrough = 1024;
    private readonly ConcurrentDictionary<ContentHash, long> _touched = new();
    private int _lookThroughAt = FewToLookThrough;
    private int _touches;

    public void Touch(ContentHash hash)
    {
        _touched[hash] = clock.GetTimestamp();
        if (Interlocked.Increment(ref _touches) >= Volatile.Read(ref _lookThroughAt)) Forget();
    }

    /// <summary>Whether it was touched so short a time ago.</summary>
    public bool IsYoung(ContentHash hash, TimeSpan grace) => _touched.TryGetValue(hash, out var at) && clock.GetElapsedTime(at) < grace;

    // As many touches as there are entries come before the next look through all, so that a touch costs the same however many there are.
    private void Forget()
    {
        Volatile.Write(ref _touches, 0);
        foreach (var touch in _touched)
            if (clock.GetElapsedTime(touch.Value) > Remembered) _touched.TryRemove(touch);
        Volatile.Write(ref _lookThroughAt, Math.Max(FewToLookThrough, _touched.Count));
    }
}
