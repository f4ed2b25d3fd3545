using Perennial.Core.Ports;
using Perennial.Local.Storage.Disks;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>
/// A disk in memory that behaves as badly as a disk may: whatever was not synced is kept, lost or torn when the power fails, each
/// change by itself; operations fail before or after doing a part of it; the machine stops at any of them. One generator decides it all.
/// </summary>
internal sealed partial class CrashingDisk : IDisk
{
    private readonly Lock _lock = new();
    private readonly Dice _dice;
    private readonly int _sector;
    private readonly Dictionary<string, CrashingFolder> _folders = new(StringComparer.Ordinal);
    private readonly CrashingFolder _root = new("/");
    private int _life;
    private int _left;
    private long _order;

    public CrashingDisk(Dice dice)
    {
        _dice = dice;
        _sector = dice.Of([8, 64, 512]);
        _folders["/"] = _root;
    }

    /// <summary>A sync that says it is done and does nothing.</summary>
    public SyncPoint? Ignored { get; init; }

    /// <summary>Where operations are written down, or null.</summary>
    public List<string>? Trail { get; init; }

    /// <summary>Called before each sync, e.g. to submit more meanwhile.</summary>
    public Action? BeforeSync { get; set; }

    /// <summary>One of so many operations fails; 0: none.</summary>
    public int FailsOneIn { get; set; }

    /// <summary>No space is left for names and longer files.</summary>
    public bool IsFull { get; set; }

    /// <summary>The machine or the process has stopped: nothing can be done until it starts again.</summary>
    public bool HasStopped { get; private set; }

    /// <summary>Changing operations so far.</summary>
    public int Operations { get; private set; }

    /// <summary>Operations that failed so far, other than by a stop.</summary>
    public int Failures { get; private set; }

    /// <summary>Stops at the changing operation that comes after so many; the operation itself may be done in part.</summary>
    public void StopAfter(int operations)
    {
        lock (_lock) _left = operations + 1;
    }

    /// <summary>Stops right now.</summary>
    public void Stop()
    {
        lock (_lock) HasStopped = true;
    }

    /// <summary>The process starts again: files and names are as it left them.</summary>
    public void StartProcess() => Start("the process starts again");

    /// <summary>The machine starts again after the power had failed.</summary>
    public void StartMachine()
    {
        lock (_lock)
        {
            foreach (var change in _folders.Values.SelectMany(folder => folder.Pending).OrderBy(change => change.Order).ToList())
            {
                if (_dice.Coin()) change.Keep();
            }
            _folders.Clear();
            Find(_root, []);
            Start("the power failed, and the machine starts again");
        }
    }

    /// <summary>Adds a line to the trail.</summary>
    public void Note(string text)
    {
        if (Trail is null) return;
        lock (_lock) Trail.Add($"   {text}");
    }

    /// <summary>Flips one bit that is durable; null when no file has any.</summary>
    public string? Flip()
    {
        var files = Nodes().OrderBy(file => file.Name, StringComparer.Ordinal).ToList();
        while (files.Count > 0)
        {
            var file = _dice.Of(files);
            if (file.Flip(_dice))
            {
                Note($"a bit of {file.Name} flips");
                return file.Name;
            }
            files.Remove(file);
        }
        return null;
    }

    private IEnumerable<CrashingFile> Nodes() =>
        _folders.Values.SelectMany(folder => folder.Live.Select(pair =>
        {
            if (pair.Value is CrashingFile file) file.Name = folder.Path + "/" + pair.Key;
            return pair.Value;
        })).OfType<CrashingFile>().ToList();

    private void Start(string how)
    {
        lock (_lock)
        {
            Note(how);
            _life++;
            _left = 0;
            HasStopped = false;
            IsFull = false;
        }
    }

    // What is reachable by durable names is what is there; a file that two names would show is met once.
    private void Find(CrashingFolder folder, HashSet<object> met)
    {
        folder.Forget();
        _folders[folder.Path] = folder;
        foreach (var node in folder.Live.Values)
        {
            if (node is CrashingFolder child) Find(child, met);
            else if (met.Add(node)) ((CrashingFile)node).LosePower(_dice, _sector);
        }
    }

    /// <summary>
    /// What becomes of an operation: it works (null), or it ends in the exception; then <paramref name="acts"/> says whether it was done, at least in part.
    /// </summary>
    private Exception? Fate(string operation, string path, bool needsSpace, out bool acts)
    {
        acts = false;
        if (HasStopped) return new StoppedException();
        Operations++;
        var fault = Fault(path, needsSpace);
        acts = fault is null || _dice.Coin();
        Trail?.Add($"{Operations,5} {operation} {path}{(fault is null ? "" : $": {fault.GetType().Name}{(acts ? ", but done at least in part" : "")}")}");
        return fault;
    }

    private Exception? Fault(string path, bool needsSpace)
    {
        if (_left > 0 && --_left == 0)
        {
            HasStopped = true;
            return new StoppedException();
        }
        if (needsSpace && IsFull)
        {
            Failures++;
            return new StoreFullException(path);
        }
        if (FailsOneIn == 0 || !_dice.OneIn(FailsOneIn)) return null;
        Failures++;
        return _dice.Coin() ? new StoreFullException(path) : new IOException($"'{path}' cannot be reached.");
    }

    /// <summary>The machine has stopped.</summary>
    private sealed class StoppedException() : IOException("The machine has stopped.");
}
