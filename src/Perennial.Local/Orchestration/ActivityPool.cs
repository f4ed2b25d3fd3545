using System.Diagnostics;
using System.Text.Json;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <summary>
/// Runs activities on the thread pool, so many at once and so many of a name, the rest in fair order of arrival. All members but the
/// runs themselves belong to the engine's thread.
/// </summary>
internal sealed class ActivityPool
{
    private readonly OrchestrationCatalog _catalog;
    private readonly TimeProvider _clock;
    private readonly EngineOptions _options;
    private readonly Action<ActivityAttempt, byte[]?, Failure?> _ended;
    private readonly Action<StoreFullException> _outOfSpace;
    private readonly FairQueue<ActivityAttempt> _waiting;
    private readonly Dictionary<string, int> _runningByName = new(StringComparer.Ordinal);
    private readonly Dictionary<ActivityAttempt, CancellationTokenSource> _running = new(ReferenceEqualityComparer.Instance);
    private readonly AttemptDeadlines _deadlines;
    private bool _closed;

    /// <param name="catalog">The activities.</param>
    /// <param name="clock">The clock of the attempts' time limits.</param>
    /// <param name="options">The limits.</param>
    /// <param name="ended">Told, on any thread, what an attempt gave; it releases the attempt on the engine's thread.</param>
    /// <param name="outOfSpace">Told, on any thread and before the end, that an attempt found no space left: that is no failure of the activity.</param>
    public ActivityPool(
        OrchestrationCatalog catalog, TimeProvider clock, EngineOptions options, Action<ActivityAttempt, byte[]?, Failure?> ended, Action<StoreFullException> outOfSpace)
    {
        foreach (var limit in options.MaxConcurrentByActivity.Values.Append(options.MaxConcurrentActivities))
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1, nameof(options));
        }

        (_catalog, _clock, _options, _ended, _outOfSpace) = (catalog, clock, options, ended, outOfSpace);
        _waiting = new FairQueue<ActivityAttempt>(HasRoom);
        _deadlines = new AttemptDeadlines(clock);
    }

    public int Running => _running.Count;

    public int Waiting => _waiting.Count;

    /// <summary>How long until the time of a running attempt is over; null where none has a limit.</summary>
    public TimeSpan? UntilDeadline => _deadlines.UntilNext;

    public void Add(ActivityAttempt attempt)
    {
        if (!_closed)
        {
            _waiting.Add(_options.FairnessKey(attempt.Instance.Id), attempt.Name, attempt);
            StartMore();
        }
    }

    /// <summary>Makes room after an attempt has ended; false when it was given up before, so that its result counts for nothing.</summary>
    public bool Release(ActivityAttempt attempt)
    {
        if (!Remove(attempt, out _))
        {
            return false;
        }

        StartMore();
        return true;
    }

    /// <summary>Gives up a running attempt whose time is over: its token is cancelled and its place is free. Null when there is none.</summary>
    public ActivityAttempt? TakeOverdue()
    {
        if (_deadlines.Overdue is not { } attempt)
        {
            return null;
        }

        Remove(attempt, out var cancellation);
        Signal(cancellation!);
        StartMore();
        return attempt;
    }

    /// <summary>Cancels the tokens of an instance's running attempts.</summary>
    public void Cancel(Instance instance)
    {
        foreach (var (attempt, cancellation) in _running)
        {
            if (ReferenceEquals(attempt.Instance, instance))
            {
                Signal(cancellation);
            }
        }
    }

    /// <summary>Starts no more; what waits is in the log and runs after the next start.</summary>
    public void Close()
    {
        _closed = true;
        _waiting.Clear();
    }

    /// <summary>Cancels the tokens of all running attempts.</summary>
    public void CancelAll()
    {
        foreach (var cancellation in _running.Values)
        {
            Signal(cancellation);
        }
    }

    // What an activity does when it is cancelled must neither hold up the engine's thread nor throw there.
    private static void Signal(CancellationTokenSource cancellation) => _ = cancellation.CancelAsync();

    private bool HasRoom(string name) =>
        !_options.MaxConcurrentByActivity.TryGetValue(name, out var limit) || _runningByName.GetValueOrDefault(name) < limit;

    private bool Remove(ActivityAttempt attempt, out CancellationTokenSource? cancellation)
    {
        if (!_running.Remove(attempt, out cancellation))
        {
            return false;
        }

        if (--_runningByName[attempt.Name] == 0)
        {
            _runningByName.Remove(attempt.Name);
        }

        _deadlines.Remove(attempt);
        _waiting.MakeRoom(attempt.Name);
        return true;
    }

    private void StartMore()
    {
        while (_running.Count < _options.MaxConcurrentActivities && _waiting.TryTake(out var next))
        {
            if (next.IsStale)
            {
                // It takes no room: whoever is next for its name may.
                _waiting.MakeRoom(next.Name);
                continue;
            }

            var cancellation = new CancellationTokenSource();
            _running.Add(next, cancellation);
            _runningByName[next.Name] = _runningByName.GetValueOrDefault(next.Name) + 1;
            _deadlines.Add(next);
            var token = cancellation.Token;
            _ = Task.Run(() => Run(next, token), CancellationToken.None);
        }
    }

    private async Task Run(ActivityAttempt attempt, CancellationToken cancellationToken)
    {
        byte[]? output = null;
        Failure? failure;
        attempt.Span?.SetStartTime(_clock.GetUtcNow().UtcDateTime).Start();
        try
        {
            var context = new Core.Orchestration.ActivityContext(attempt.Instance.Id, attempt.Attempt);
            JsonElement result = await _catalog.Activities[attempt.Name].Run(context, PayloadJson.Element(attempt.Input), cancellationToken);
            output = PayloadJson.Bytes(result);
            failure = PayloadLimit.Check($"The output of activity '{attempt.Name}'", output.Length);
        }
        catch (Exception exception)
        {
            if (exception is StoreFullException full)
            {
                _outOfSpace(full);
            }

            failure = Failure.From(exception);
        }

        EndSpan(attempt.Span, failure);
        _ended(attempt, failure is null ? output : null, failure);
    }

    private void EndSpan(Activity? span, Failure? failure)
    {
        if (failure is not null)
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.Code);
        }

        span?.SetEndTime(_clock.GetUtcNow().UtcDateTime).Stop();
    }
}
