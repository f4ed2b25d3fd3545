using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Storage.Predictions;

/// <summary>All streams of a folder standing still while this is open: no stream is appended to, and none is opened. It belongs to the thread that made it.</summary>
internal sealed class HeldStreams : IDisposable
{
    private readonly Lock _opening;
    private readonly Stack<HeldLog> _held = new();

    /// <param name="disk">The disk.</param>
    /// <param name="folder">The folder of all streams.</param>
    /// <param name="opening">Held by whoever opens a stream.</param>
    /// <param name="opened">The streams that are open, by their folders.</param>
    public HeldStreams(IDisk disk, string folder, Lock opening, IReadOnlyDictionary<string, SegmentedLog> opened)
    {
        _opening = opening;
        opening.Enter();
        try
        {
            // All stand still before the first is listed, so that the lists speak of one moment.
            foreach (var log in opened.Values) _held.Push(log.Hold());
            var files = _held.SelectMany(log => log.Segments).ToList();
            // Nobody writes to a stream that nobody has opened: its files are as the last process left them.
            foreach (var closed in disk.Folders(folder).Select(name => Path.Combine(folder, name)).Where(path => !opened.ContainsKey(path)))
                files.AddRange(disk.Still(closed));
            Segments = files;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The segments of all streams, each up to its durable end.</summary>
    public IReadOnlyList<HeldFile> Segments { get; }

    public void Dispose()
    {
        while (_held.TryPop(out var log)) log.Dispose();
        _opening.Exit();
    }
}
