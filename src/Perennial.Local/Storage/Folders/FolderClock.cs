using System.Globalization;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Storage.Folders;

/// <summary>
/// A clock that never goes back behind what a folder has seen: over restarts (the folder stores its time) and when the clock within
/// steps back. It then goes on from the last time at the inner clock's pace, so that timers still come due; it never stands still.
/// </summary>
public sealed class FolderClock : TimeProvider, IDisposable
{
    private static readonly TimeSpan Grain = TimeSpan.FromSeconds(5);
    private readonly TimeProvider _inner;
    private readonly IDisk _disk;
    private readonly string _path;
    private readonly Lock _lock = new();
    private readonly Lock _storing = new();
    private long _ahead;
    private long _last;
    private long _stored;
    private long _written;

    /// <summary>A clock for the host's folder, which must be there.</summary>
    /// <exception cref="CorruptStoreException">The stored time is no time.</exception>
    public FolderClock(TimeProvider inner, string folder)
        : this(inner, SystemDisk.Instance, folder)
    {
    }

    internal FolderClock(TimeProvider inner, IDisk disk, string folder)
    {
        _inner = inner;
        _disk = disk;
        _path = Path.Combine(Path.GetFullPath(folder), "clock");
        if (disk.ReadWhole(_path) is not { } bytes) return;
        if (!DateTimeOffset.TryParseExact(CheckedText.Decode(_path, bytes), "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var stored))
            throw new CorruptStoreException(_path, 0, "it holds no time.");
        // Not yet taken for stored: the process before may have died before that was durable.
        _last = stored.UtcTicks;
    }

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    /// <inheritdoc/>
    public override long TimestampFrequency => _inner.TimestampFrequency;

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow()
    {
        long now;
        bool store;
        lock (_lock)
        {
            var inner = _inner.GetUtcNow().UtcTicks;
            if (inner + _ahead < _last) _ahead = _last - inner;
            now = _last = inner + _ahead;
            store = now - _stored >= Grain.Ticks;
            if (store) _stored = now;
        }
        if (store) TryStore(now);
        return new DateTimeOffset(now, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public override long GetTimestamp() => _inner.GetTimestamp();

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _inner.CreateTimer(callback, state, dueTime, period);

    /// <summary>Stores the time a last time.</summary>
    public void Dispose() => TryStore(GetUtcNow().UtcTicks);

    /// <summary>A time that cannot be stored is no reason to have none: the next grain tries again.</summary>
    private void TryStore(long now)
    {
        lock (_storing)
        {
            // Somebody who looked later was faster.
            if (now < _written) return;
            try
            {
                _disk.WriteDurably(_path, CheckedText.Encode(new DateTimeOffset(now, TimeSpan.Zero).ToString("O", CultureInfo.InvariantCulture)));
                _written = now;
            }
            catch (IOException)
            {
            }
        }
    }
}
