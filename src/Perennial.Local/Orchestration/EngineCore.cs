using Perennial.Core.Orchestration;
using Perennial.Local.Storage.Disks;
using Perennial.Local.Storage.Segments;

namespace Perennial.Local.Orchestration;

/// <summary>
/// All instances and what they wait for. A cycle on the engine's thread takes what was posted, fires what is due, runs the code of
/// the instances that something came for, and submits the records of all of it as one batch. What the outside may see (answers,
/// starting activities) waits until that batch is durable.
/// </summary>
internal sealed partial class EngineCore
{
    // A timer of the system may stand still while the machine sleeps, or the clock may be set: look again after so long at most.
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    private readonly string _folder;
    private readonly IDisk _disk;
    private readonly OrchestrationCatalog _catalog;
    private readonly TimeProvider _clock;
    private readonly EngineOptions _options;
    private readonly EngineLoop _loop;
    private readonly ActivityPool _pool;
    private readonly InstanceIndex _index = new();
    private readonly TimerQueue _timers = new();
    private readonly Queue<Instance> _runnable = new();
    private readonly List<TaskCompletionSource> _idleWaiters = [];
    private EngineJournal? _journal;
    private ITimer? _alarm;
    private List<Action<Exception?>> _effects = [];
    private int _inFlight;
    private bool _discardsAttempts;
    private bool _isStopping;
    private Exception? _refusal;
    private volatile Exception? _broken;

    public EngineCore(string folder, IDisk disk, OrchestrationCatalog catalog, TimeProvider clock, EngineOptions options)
    {
        (_folder, _disk, _catalog, _clock, _options) = (folder, disk, catalog, clock, options);
        _loop = new EngineLoop($"engine of {folder}", Cycle, Break, Refuse);
        _pool = new ActivityPool(
            catalog, clock, options,
            (attempt, output, failure) => _loop.Post(() => AttemptEnded(attempt, output, failure)),
            // Tried again a few times, its orchestration would fail for what has nothing to do with it: all stand still instead.
            full => _loop.Post(() => Break(full)));
    }

    public Exception? BrokenBy => _broken;

    public int RunningActivities => _pool.Running;

    public long DurableBytes => _journal?.Bytes ?? 0;

    /// <summary>Keeps the log from growing until it is disposed of on the same thread; null before the log is open.</summary>
    public HeldLog? Hold() => _journal?.Hold();

    /// <summary>Opens the log, runs all unfinished instances over their histories, and goes on with them.</summary>
    public Task Start()
    {
        _loop.Start();
        return Ask<bool>(() =>
        {
            (_journal, var replay) = EngineJournal.Open(_disk, _folder, _index);
            if (replay.IsCompactionOpen)
            {
                _journal.Add(EngineRecords.CompactionAbandoned());
            }

            _alarm = _clock.CreateTimer(_ => _loop.Post(() => { }), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            Resume(replay);
            return () => true;
        });
    }

    /// <summary>Completes when nothing runs and nothing is about to: what is left waits for timers or events.</summary>
    public Task WhenIdle()
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var posted = _loop.Post(() =>
        {
            if (_refusal is not null)
            {
                waiter.SetException(_refusal);
            }
            else
            {
                _idleWaiters.Add(waiter);
            }
        });
        if (!posted)
        {
            waiter.SetException(Stopped());
        }

        return waiter.Task;
    }

    /// <summary>Runs an action on the engine's thread; the answer is made and given once all that it builds upon is durable.</summary>
    private Task<T> Ask<T>(Func<Func<T>> act)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var posted = _loop.Post(() =>
        {
            if ((_broken ?? _refusal) is { } reason)
            {
                answer.SetException(reason);
                return;
            }

            // Before the act, so that a failure inside reaches the asker.
            Func<T>? make = null;
            _effects.Add(failure =>
            {
                if (failure is null)
                {
                    Answer(answer, make!);
                }
                else
                {
                    answer.TrySetException(failure);
                }
            });
            make = act();
        });
        return posted ? answer.Task : Task.FromException<T>(Stopped());
    }

    // An answer may have to be read from the disk: the asker is told when that fails, and nobody waits for ever.
    private static void Answer<T>(TaskCompletionSource<T> answer, Func<T> make)
    {
        try
        {
            answer.TrySetResult(make());
        }
        catch (Exception exception)
        {
            answer.TrySetException(exception);
        }
    }

    private bool Cycle()
    {
        if (_journal is null || _broken is not null)
        {
            CheckIdle();
            return false;
        }

        GiveUpOverdue();
        var moreIsDue = FireDueTimers();
        RunTurns();
        UnloadIdle();
        Submit();
        Compact();
        if (moreIsDue || _runnable.Count > 0)
        {
            return true;
        }

        SetAlarm();
        CheckIdle();
        return false;
    }

    private void Submit()
    {
        if (!_journal!.HasRecords && _effects.Count == 0)
        {
            return;
        }

        var effects = _effects;
        _effects = [];
        if (!_journal.HasRecords && _inFlight == 0)
        {
            Release(effects, null);
            return;
        }

        _inFlight++;
        _journal.Submit(batch =>
        {
            if (!_loop.Post(() => Committed(batch, effects)))
            {
                // The loop has ended: only answers are left to give.
                batch.TellOwners();
                Release(effects, batch.Failure);
            }
        });
    }

    private void Committed(JournalBatch batch, List<Action<Exception?>> effects)
    {
        _inFlight--;
        batch.TellOwners();
        if (batch.Failure is not null)
        {
            Break(batch.Failure);
        }

        Release(effects, batch.Failure);
    }

    private void SetAlarm()
    {
        var wait = TimeSpan.MaxValue;
        if (_timers.Earliest is { } earliest)
        {
            wait = TimeSpan.FromTicks(Math.Max(earliest - Now, 0));
        }

        if (_pool.UntilDeadline is { } left && left < wait)
        {
            wait = left;
        }

        if (UntilUnload is { } unload && unload < wait)
        {
            wait = unload;
        }

        // The system's timers count whole milliseconds: rounded down, they would fire before the time has come.
        _alarm!.Change(
            wait == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(Math.Ceiling((wait < LongestWait ? wait : LongestWait).TotalMilliseconds)),
            Timeout.InfiniteTimeSpan);
    }

    private void CheckIdle()
    {
        var isIdle = _loop.IsEmpty && _inFlight == 0 && (_pool.Running == 0 || _discardsAttempts) && _pool.Waiting == 0
            && (_compaction is null || _isStopping);
        if (_broken is null && !isIdle)
        {
            return;
        }

        foreach (var waiter in _idleWaiters)
        {
            if (_broken is null)
            {
                waiter.TrySetResult();
            }
            else
            {
                waiter.TrySetException(_broken);
            }
        }

        _idleWaiters.Clear();
    }

    private static void Release(List<Action<Exception?>> effects, Exception? failure)
    {
        foreach (var effect in effects)
        {
            effect(failure);
        }
    }
}
