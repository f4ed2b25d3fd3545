namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>
/// Works a store with random operations and keeps a model of what it must hold: everything acknowledged, and of what failed each operation wholly
/// or not at all. What was found once counts as acknowledged.
/// </summary>
internal abstract class StoreDriver(Dice dice, CrashingDisk disk)
{
    protected Dice Dice => dice;

    protected CrashingDisk Disk => disk;

    /// <summary>Opens the store, also after an attempt that failed.</summary>
    public abstract void Open();

    /// <summary>Compares the store just opened with the model.</summary>
    /// <param name="damaged">A bit was flipped: what was written last may be missing, nothing else.</param>
    /// <exception cref="ViolationException">They differ.</exception>
    public abstract void Check(bool damaged);

    /// <summary>One operation; its failure is no violation, a wrong answer is.</summary>
    public abstract void Step();

    /// <summary>Ends everything in an orderly way.</summary>
    public virtual void Close()
    {
    }

    /// <summary>The process has stopped: nothing of it may go on.</summary>
    public virtual void Abandon()
    {
    }

    protected void Note(string text) => disk.Note(text);

    protected static void Require(bool holds, string what)
    {
        if (!holds) throw new ViolationException(what);
    }
}

/// <summary>The store holds or says something else than it must.</summary>
internal sealed class ViolationException(string message) : Exception(message);
