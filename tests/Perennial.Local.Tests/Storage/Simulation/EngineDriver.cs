using System.Runtime.CompilerServices;
using Perennial.Core.Ports;
using Perennial.Local.Orchestration;
using Perennial.Local.Storage;
using Perennial.Local.Time;

namespace Perennial.Local.Tests.Storage.Simulation;

/// <summary>
/// Works the orchestration engine: instances that end, counters that take events in order over generations, timers, children, purges, instances that
/// are stopped in every way, and time that passes while a compaction reads. The engine has threads of its own, so that a seed gives the same workload
/// and the same faults, but not always the same moments.
/// </summary>
internal sealed partial class EngineDriver(Dice dice, CrashingDisk disk) : StoreDriver(dice, disk)
{
    private const int Counters = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MovableClock _clock = new(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly EngineOptions _options = new() { CompactAfterBytes = dice.Of([1, 2000, 20_000]), MaxConcurrentActivities = 2, UnloadAfter = dice.Of([TimeSpan.Zero, TimeSpan.FromSeconds(30)]) };

    // By id: whether it is there; null where that is open.
    private readonly Dictionary<string, bool?> _there = [];
    private readonly List<(int Event, bool Acknowledged)>[] _events = [.. Enumerable.Range(0, Counters).Select(_ => new List<(int, bool)>())];
    private readonly HashSet<string> _last = [];
    // Shut, what a compaction reads on the thread pool waits, so that much can happen meanwhile.
    private readonly ManualResetEventSlim _reading = new(true);
    private DurableEngine? _engine;
    private bool _lacksHeld;
    private int _failures;
    private int _numbers;

    public override void Open()
    {
        Abandon();
        _lacksHeld = Dice.OneIn(4);
        _failures = Disk.Failures;
        var catalog = _lacksHeld ? EngineOrchestrations.WithoutHeld : EngineOrchestrations.Whole;
        _engine = new DurableEngine("/data/orchestrations", catalog, _clock, _options, new HaltingDisk(Disk, static _ => { }, WaitToRead));
        Try(_engine.StartAsync()).Throw();
        _there.TryAdd("counter-0", null);
        _there.TryAdd("counter-1", null);
    }

    public override void Abandon()
    {
        _reading.Set();
        _engine?.Abandon();
        _engine = null;
    }

    public override void Check(bool damaged)
    {
        if (!Idle()) return;
        foreach (var id in _there.Keys.ToList())
        {
            if (!TryGet(id, out var state)) return;
            var missing = damaged && state is null && _last.Contains(id);
            Require(missing || _there[id] is null || _there[id] == state is not null, $"Instance {id} is {(state is null ? "lost" : "back")}.");
            _there[id] = state is not null;
            if (state is not null) CheckState(id, state, damaged);
        }
    }

    public override void Step()
    {
        if (_engine is null) return;
        if (!_reading.IsSet && Dice.OneIn(4)) _reading.Set();
        // While a compaction waits, time passes more often.
        switch (!_reading.IsSet && Dice.OneIn(3) ? 0 : Dice.Next(16))
        {
            case 0:
                Note("move the clock");
                _clock.Advance(TimeSpan.FromSeconds(Dice.Between(1, 100)));
                break;
            case 1:
                Purge();
                break;
            case 2:
                Note("let what a compaction reads wait");
                _reading.Reset();
                break;
            case 3:
                Suspend();
                break;
            case 4:
                Resume();
                break;
            case 5 when Dice.Coin():
                Terminate();
                break;
            case 5 or 6:
                Go();
                break;
            case < 11:
                Raise();
                break;
            default:
                Start();
                break;
        }
        // What has stopped by itself goes on as another one.
        if (_engine!.BrokenBy is not null && !Disk.HasStopped && !TryOpen()) Disk.Stop();
    }

    private bool TryOpen()
    {
        try
        {
            Open();
            return true;
        }
        catch (IOException e) when (e is not CorruptStoreException)
        {
            return false;
        }
    }

    private void Start()
    {
        _last.Clear();
        var started = new List<(string Id, Task<bool> Task)>();
        for (var left = Dice.OneIn(4) ? 4 : 1; left > 0; left--)
        {
            var number = ++_numbers;
            var (kind, orchestration) = Dice.Next(10) switch
            {
                < 2 => ("later", EngineOrchestrations.Later),
                2 => ("family", EngineOrchestrations.Family),
                < 6 when !_lacksHeld => ("held", EngineOrchestrations.Held),
                _ => ("once", EngineOrchestrations.Once),
            };
            var id = $"{kind}-{number}";
            Note($"start {id}");
            if (kind == "held") _held.Add(id, new HeldModel());
            started.Add((id, _engine!.Start(orchestration, id, number)));
        }
        foreach (var (id, task) in started)
        {
            _last.Add(id);
            var outcome = Try(task);
            _there[id] = outcome.Failure is null ? true : null;
            Require(outcome.Failure is not null || task.Result, $"Instance {id} was there before it was started.");
        }
    }

    private void Raise()
    {
        var counter = Dice.Next(Counters);
        var id = $"counter-{counter}";
        if (_there[id] != true)
        {
            _last.Add(id);
            var start = _engine!.Start(EngineOrchestrations.Counter, id, []);
            _there[id] = Try(start).Failure is null ? true : null;
            return;
        }
        _last.Clear();
        var raised = new List<(int Event, Task Task)>();
        for (var left = Dice.OneIn(4) ? 4 : 1; left > 0; left--)
        {
            Note($"raise {_numbers + 1} to {id}");
            raised.Add((++_numbers, _engine!.RaiseEvent(id, "Add", _numbers)));
        }
        foreach (var (number, task) in raised) _events[counter].Add((number, Try(task).Failure is null));
        _last.Add(id);
    }

    private void Purge()
    {
        var ended = _there.Where(pair => pair.Value == true && pair.Key[0] == 'o').Select(pair => pair.Key).Order(StringComparer.Ordinal).ToList();
        if (ended.Count == 0 || !Idle()) return;
        var id = Dice.Of(ended);
        Note($"purge {id}");
        var task = _engine!.Purge(id);
        _there[id] = Try(task).Failure is null ? false : null;
        _last.Add(id);
        Require(!task.IsCompletedSuccessfully || task.Result, $"Instance {id} was acknowledged and is not there to be purged.");
    }

    private void CheckState(string id, OrchestrationState state, bool damaged)
    {
        var number = int.Parse(id[(id.IndexOf('-', StringComparison.Ordinal) + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        if (id[0] == 'c')
        {
            CheckCounter(number, System.Text.Json.JsonSerializer.Deserialize<int[]>(state.CustomStatus!.Value)!, damaged && _last.Contains(id));
            return;
        }
        if (id[0] == 'h')
        {
            if (!damaged || !_last.Contains(id)) CheckHeld(id, number, state);
            return;
        }
        var waits = id[0] == 'l' && state.Status == OrchestrationStatus.Running;
        Require(waits || state.Status == OrchestrationStatus.Completed, $"Instance {id} is {state.Status}.");
        Require(waits || state.Output!.Value.GetInt32() == 2 * number, $"Instance {id} made {state.Output}.");
        if (id[0] != 'f' || !TryGet($"child-{number}", out var child)) return;
        Require(child?.Status == OrchestrationStatus.Completed, $"Instance {id} was answered by a child that {(child is null ? "is not there" : $"is {child.Status}")}.");
    }

    // The events in order, each once: all that were acknowledged, and perhaps some that were not.
    private void CheckCounter(int counter, int[] found, bool damaged)
    {
        var events = _events[counter];
        var at = 0;
        var right = new List<(int, bool)>();
        foreach (var (number, acknowledged) in events)
        {
            if (at < found.Length && found[at] == number) at++;
            else if (!acknowledged) continue;
            else if (!damaged) throw new ViolationException($"Counter {counter} has [{string.Join(' ', found)}] without {number}.");
            right.Add((number, true));
        }
        Require(at == found.Length, $"Counter {counter} has [{string.Join(' ', found)}], and was given [{string.Join(' ', events)}].");
        _events[counter].Clear();
        _events[counter].AddRange(right);
    }

    private bool Idle()
    {
        _reading.Set();
        return _engine is not null && Try(_engine.WhenIdle()).Failure is null;
    }

    private void WaitToRead(string path)
    {
        if (Thread.CurrentThread.IsThreadPoolThread && path.EndsWith(".seg", StringComparison.Ordinal)) _reading.Wait(Patience);
    }

    private bool TryGet(string id, out OrchestrationState? state)
    {
        _reading.Set();
        var task = _engine!.Get(id);
        var failed = Try(task).Failure is not null;
        state = failed ? null : task.Result;
        return !failed;
    }

    private Outcome Try(Task task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        // The wait ends also where a thread of the engine was lost.
        Require(Task.WaitAny([task], Patience) == 0, $"The engine does not answer {what}.");
        if (task.IsCompletedSuccessfully) return new Outcome(null);
        var failure = task.Exception!.InnerException!;
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is CorruptStoreException or not (IOException or InvalidOperationException)) throw cause;
        }
        Require(Disk.HasStopped || Disk.Failures > _failures, $"Nothing was wrong with the disk, and {what} failed: {failure}");
        return new Outcome(failure);
    }

    private sealed record Outcome(Exception? Failure)
    {
        public void Throw()
        {
            if (Failure is not null) throw new IOException("The engine cannot start.", Failure);
        }
    }
}
