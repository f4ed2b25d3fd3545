namespace Perennial.Local.Orchestration;

/// <summary>
/// The engine's one thread: runs what is posted, in order, then the cycle, until it is told to end. So no state of the engine needs
/// a lock.
/// </summary>
internal sealed class EngineLoop
{
    private readonly object _gate = new();
    private readonly Func<bool> _cycle;
    private readonly Action<Exception> _broken;
    private readonly Action _ending;
    private readonly Thread _thread;
    private List<Action> _posted = [];
    private bool _ended;

    /// <param name="name">The thread's name.</param>
    /// <param name="cycle">Runs after each batch of posts; true when there is more to do at once.</param>
    /// <param name="broken">Told of an exception that a post or the cycle threw; the loop goes on so that later posts are answered.</param>
    /// <param name="ending">Runs when the loop has been told to end, before what is still posted.</param>
    public EngineLoop(string name, Func<bool> cycle, Action<Exception> broken, Action ending)
    {
        _ending = ending;
        _cycle = cycle;
        _broken = broken;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
    }

    public void Start() => _thread.Start();

    /// <summary>Posts an action; false when the loop has ended.</summary>
    public bool Post(Action action)
    {
        lock (_gate)
        {
            if (_ended)
            {
                return false;
            }

            _posted.Add(action);
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Whether nothing is posted.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _posted.Count == 0;
            }
        }
    }

    /// <summary>Ends the loop after the present cycle and what is posted already; later posts are refused.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Waits until the thread has ended.</summary>
    public void Join()
    {
        if (_thread.ThreadState != ThreadState.Unstarted && _thread != Thread.CurrentThread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        var batch = new List<Action>();
        var (more, ending) = (false, false);
        while (true)
        {
            lock (_gate)
            {
                while (_posted.Count == 0 && !more && !_ended)
                {
                    Monitor.Wait(_gate);
                }

                (batch, _posted) = (_posted, batch);
                ending = _ended;
            }

            if (ending)
            {
                Guarded(_ending);
            }

            foreach (var action in batch)
            {
                Guarded(action);
            }

            batch.Clear();
            if (ending)
            {
                return;
            }

            more = false;
            Guarded(() => more = _cycle());
        }
    }

    private void Guarded(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            // Whatever it is, the state in memory may be half-changed: the engine must stop, and say why.
            _broken(exception);
        }
    }
}
