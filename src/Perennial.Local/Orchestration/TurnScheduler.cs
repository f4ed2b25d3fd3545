namespace Perennial.Local.Orchestration;

/// <summary>
/// Runs the code of one instance on the calling thread: what the code posts runs before the turn ends. A post from anywhere else
/// means that the code awaited something that is not durable, and is noted instead of run.
/// </summary>
internal sealed class TurnScheduler : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();
    private volatile int _turnThread = -1;
    private volatile bool _escaped;

    /// <summary>Whether the code has left the turn, by a continuation on a foreign thread or a call from outside of a turn.</summary>
    public bool HasEscaped => _escaped;

    /// <summary>Runs an action and all that it posts.</summary>
    public void Run(Action action)
    {
        var former = Current;
        SetSynchronizationContext(this);
        _turnThread = Environment.CurrentManagedThreadId;
        try
        {
            action();
            while (_posted.TryDequeue(out var next))
            {
                next.Callback(next.State);
            }
        }
        finally
        {
            _turnThread = -1;
            SetSynchronizationContext(former);
        }
    }

    /// <summary>Makes sure that the caller runs inside the turn.</summary>
    public void RequireTurn()
    {
        if (_turnThread != Environment.CurrentManagedThreadId)
        {
            _escaped = true;
            throw new InvalidOperationException("An orchestration used its context from outside of its turn: it awaited something that is not durable.");
        }
    }

    /// <summary>Notes that the code has gone on outside of a turn.</summary>
    public void NoteEscape() => _escaped = true;

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (_turnThread == Environment.CurrentManagedThreadId)
        {
            _posted.Enqueue((d, state));
        }
        else
        {
            _escaped = true;
        }
    }

    public override void Send(SendOrPostCallback d, object? state)
    {
        RequireTurn();
        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;
}
