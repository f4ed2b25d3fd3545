using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>
/// An engine that outlives its own faults. One that could not write, e.g. for want of space, stops for good, because its memory may be
/// ahead of its log; a new one on the folder goes on from what is durable. Until that succeeds every call gets the reason. It also
/// starts where there is no space left, and goes on from there.
/// </summary>
/// <param name="open">Makes an engine that has not started yet, always on the same folder.</param>
/// <param name="resume">Called after an engine has started, the first as well, to start what a crash or a refused call failed to start; again until it succeeds.</param>
/// <param name="told">Told once of each reason for which an engine stopped.</param>
public sealed class ReopeningEngine(Func<DurableEngine> open, Func<CancellationToken, Task> resume, Action<Exception> told) : IOrchestrationClient, IAsyncDisposable
{
    // Short enough for a person who has just freed space; an engine that breaks at once again is left alone for up to eight of them,
    // since each opening reads its log and each start runs the activity that found no space.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private const int MostIntervals = 8;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private volatile DurableEngine _engine = open();
    private volatile Exception? _unresumed;
    private Exception? _lastTold;
    private Task _watching = Task.CompletedTask;
    private bool _isDisposed;

    /// <summary>Why orchestrations stand still at present; null while they go on.</summary>
    public Exception? BrokenBy => _engine.BrokenBy ?? _unresumed;

    /// <summary>Starts the engine, resumes what was unfinished, and looks after both from now on. No space left is no reason not to start.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _engine.StartAsync(cancellationToken);
            await Resume(cancellationToken);
        }
        catch (StoreFullException full)
        {
            Tell(full);
        }
        _watching = Task.Run(Watch, CancellationToken.None);
    }

    /// <summary>Replaces the engine if it has stopped by itself; true when one works afterwards and all is resumed. It is called every two seconds, or less often.</summary>
    public async Task<bool> LookAfter(CancellationToken cancellationToken = default)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (BrokenBy is not { } reason) return true;
            Tell(reason);
            if (_engine.BrokenBy is not null)
            {
                await _engine.DisposeAsync();
                if (!await TryReplace(cancellationToken)) return false;
            }
            await Resume(cancellationToken);
            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Runs an action while the log stands still, also that of an engine that has stopped; a reopening waits, or is waited for.</summary>
    internal async Task<T> Hold<T>(Func<HeldLog, T> action, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            using var held = _engine.Hold();
            return action(held);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Completes when nothing runs and nothing is about to.</summary>
    public Task WhenIdle(CancellationToken cancellationToken = default) => Working.WhenIdle(cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Start<TInput, TOutput>(
        OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input, CancellationToken cancellationToken = default) =>
        Working.Start(orchestration, instanceId, input, cancellationToken);

    /// <inheritdoc/>
    public Task RaiseEvent<T>(string instanceId, string name, T payload, CancellationToken cancellationToken = default) =>
        Working.RaiseEvent(instanceId, name, payload, cancellationToken);

    /// <inheritdoc/>
    public Task<OrchestrationState?> Get(string instanceId, CancellationToken cancellationToken = default) => Working.Get(instanceId, cancellationToken);

    /// <inheritdoc/>
    public Task<OrchestrationPage> Query(OrchestrationQuery query, CancellationToken cancellationToken = default) => Working.Query(query, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Terminate(string instanceId, string reason, CancellationToken cancellationToken = default) =>
        Working.Terminate(instanceId, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Suspend(string instanceId, string reason, CancellationToken cancellationToken = default) =>
        Working.Suspend(instanceId, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Resume(string instanceId, string reason, CancellationToken cancellationToken = default) =>
        Working.Resume(instanceId, reason, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> Purge(string instanceId, CancellationToken cancellationToken = default) => Working.Purge(instanceId, cancellationToken);

    /// <inheritdoc/>
    public Task<PurgePage> PurgeEnded(DateTimeOffset endedBefore, int take = 100, string? continuation = null, CancellationToken cancellationToken = default) =>
        Working.PurgeEnded(endedBefore, take, continuation, cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<OrchestrationEvent>> History(string instanceId, CancellationToken cancellationToken = default) =>
        Working.History(instanceId, cancellationToken);

    /// <summary>What came for an instance and its code has not seen yet, e.g. while it is suspended; not part of its history so far.</summary>
    public Task<IReadOnlyList<OrchestrationEvent>> Waiting(string instanceId, CancellationToken cancellationToken = default) =>
        Working.Waiting(instanceId, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed) return;
        _isDisposed = true;
        await _stop.CancelAsync();
        await _watching;
        await _engine.DisposeAsync();
        _stop.Dispose();
        _gate.Dispose();
    }

    // A stopped engine answers that it has stopped; the caller is helped by why.
    private DurableEngine Working
    {
        get
        {
            var engine = _engine;
            return engine.BrokenBy is { } reason ? throw reason : engine;
        }
    }

    private async Task Watch()
    {
        // Real time, whatever time the orchestrations live in: disks fill in the world of people.
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        var (rest, pause, worked) = (0, 1, 0);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (BrokenBy is null)
                {
                    if (++worked > MostIntervals) pause = 1;
                    continue;
                }
                worked = 0;
                if (rest-- > 0) continue;
                await TryLookAfter();
                rest = pause - 1;
                pause = Math.Min(pause * 2, MostIntervals);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
        }
    }

    private async Task TryLookAfter()
    {
        try
        {
            await LookAfter(_stop.Token);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            Tell(exception);
        }
    }

    private async Task Resume(CancellationToken cancellationToken)
    {
        try
        {
            await resume(cancellationToken);
            _unresumed = null;
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            _unresumed = exception;
            throw;
        }
    }

    private async Task<bool> TryReplace(CancellationToken cancellationToken)
    {
        var next = open();
        try
        {
            await next.StartAsync(cancellationToken);
        }
        catch (Exception exception)
        {
            await next.DisposeAsync();
            if (exception is OperationCanceledException) throw;
            Tell(exception);
            return false;
        }
        _engine = next;
        return true;
    }

    private void Tell(Exception reason)
    {
        if (_lastTold?.Message == reason.Message) return;
        _lastTold = reason;
        told(reason);
    }
}
