namespace Perennial.Local.Orchestration;

/// <content>How the engine ends, by order or because it must.</content>
internal sealed partial class EngineCore
{
    /// <summary>Starts no more activities, lets the running ones end (or, once cancelled, drops them), and closes the log.</summary>
    public async Task Stop(CancellationToken cancellationToken)
    {
        _loop.Post(() =>
        {
            _isStopping = true;
            _pool.Close();
        });
        await using (cancellationToken.Register(() => _loop.Post(DiscardAttempts)))
        {
            try
            {
                await WhenIdle();
            }
            catch (Exception exception) when (exception == _broken || exception is InvalidOperationException)
            {
                // It has stopped by itself, and whoever asked it for something was told why.
            }
        }

        Close();
    }

    /// <summary>Stops as if the process had been killed: nothing more becomes durable.</summary>
    public void Abandon()
    {
        _journal?.Abandon();
        _loop.Post(DiscardAttempts);
        Close();
    }

    private void DiscardAttempts()
    {
        _discardsAttempts = true;
        _isStopping = true;
        _pool.Close();
        _pool.CancelAll();
    }

    private void Close()
    {
        _loop.End();
        _loop.Join();
        _alarm?.Dispose();
        _journal?.Dispose();
    }

    // What is in memory may be ahead of what is durable, so nothing may go on from it: the next start reads what is durable.
    private void Break(Exception exception)
    {
        _broken ??= exception;
        DiscardAttempts();
        _runnable.Clear();
        var effects = _effects;
        _effects = [];
        Release(effects, _broken);
        CheckIdle();
    }

    // The loop ends: whoever still asks is told so, and nobody waits for ever.
    private void Refuse()
    {
        _refusal = Stopped();
        foreach (var waiter in _idleWaiters)
        {
            waiter.TrySetException(_refusal);
        }

        _idleWaiters.Clear();
    }

    private InvalidOperationException Stopped() => new("The orchestration engine has stopped.", _broken);
}
