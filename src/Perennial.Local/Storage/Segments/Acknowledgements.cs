namespace Perennial.Local.Storage.Segments;

/// <summary>A write that waits for its commit.</summary>
internal interface IPendingWrite
{
    /// <summary>Says that the commit failed.</summary>
    void Fail(Exception exception);

    /// <summary>Tells the writer how it went, and runs what it does next on the calling thread.</summary>
    void Complete();
}

/// <summary>A write whose writer awaits its task.</summary>
internal abstract class PendingWrite<TResult> : TaskCompletionSource<TResult>, IPendingWrite
{
    private Exception? _failure;

    /// <summary>What the writer gets when the commit succeeded.</summary>
    protected abstract TResult Outcome { get; }

    public void Fail(Exception exception) => _failure = exception;

    public void Complete()
    {
        if (_failure is null) SetResult(Outcome);
        else SetException(_failure);
    }
}

/// <summary>
/// Completes the writes of a group on the thread pool, one after another in few work items: a work item for each costs more than the
/// write. Whoever begins first asks for another to help, so that a writer which then blocks its thread keeps no other one waiting.
/// </summary>
internal sealed class Acknowledgements : IThreadPoolWorkItem
{
    private readonly IPendingWrite[] _writes;
    private int _next = -1;

    private Acknowledgements(IPendingWrite[] writes) => _writes = writes;

    /// <summary>Completes writes soon, on other threads; at once where the store works on its caller's thread.</summary>
    public static void Send(IReadOnlyCollection<IPendingWrite> writes, bool inline)
    {
        var acknowledgements = new Acknowledgements([.. writes]);
        if (inline) acknowledgements.CompleteAll();
        else if (writes.Count > 0) ThreadPool.UnsafeQueueUserWorkItem(acknowledgements, preferLocal: false);
    }

    /// <summary>Says to all that the commit failed, then completes them as above.</summary>
    public static void Fail(IReadOnlyCollection<IPendingWrite> writes, Exception failure, bool inline)
    {
        foreach (var write in writes) write.Fail(failure);
        Send(writes, inline);
    }

    void IThreadPoolWorkItem.Execute()
    {
        if (Volatile.Read(ref _next) < _writes.Length - 2) ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        CompleteAll();
    }

    private void CompleteAll()
    {
        for (var i = Interlocked.Increment(ref _next); i < _writes.Length; i = Interlocked.Increment(ref _next)) _writes[i].Complete();
    }
}
