namespace Perennial.Local.Storage.Segments;

/// <summary>
/// Gathers what arrives while a commit is under way and hands it on together to the next: one sync for many writers. A thread of its
/// own commits, since a sync blocks.
/// </summary>
internal sealed class GroupCommit<T> : IDisposable
{
    private readonly object _gate = new();
    private readonly Action<IReadOnlyList<T>> _commit;
    private readonly Thread? _thread;
    private List<T> _waiting = [];
    private bool _closed;
    private bool _committing;

    /// <param name="name">The thread's name.</param>
    /// <param name="commit">Commits items in order and tells each how it went; it must not throw.</param>
    /// <param name="inline">Commits on the thread of whoever submits; what is submitted during a commit is the next group.</param>
    public GroupCommit(string name, Action<IReadOnlyList<T>> commit, bool inline = false)
    {
        _commit = commit;
        if (inline) return;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Queues an item; the order of calls is the order of commits.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void Submit(T item)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Add(item);
            if (_waiting.Count == 1) Monitor.Pulse(_gate);
        }
        if (_thread is null && !_committing) CommitInline();
    }

    /// <summary>Commits what is queued, then ends.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.Pulse(_gate);
        }
        _thread?.Join();
    }

    private void CommitInline()
    {
        _committing = true;
        while (_waiting.Count > 0)
        {
            var batch = _waiting;
            _waiting = [];
            _commit(batch);
        }
        _committing = false;
    }

    private void Run()
    {
        var batch = new List<T>();
        while (true)
        {
            lock (_gate)
            {
                while (_waiting.Count == 0)
                {
                    if (_closed) return;
                    Monitor.Wait(_gate);
                }
                (batch, _waiting) = (_waiting, batch);
            }
            _commit(batch);
            batch.Clear();
        }
    }
}
