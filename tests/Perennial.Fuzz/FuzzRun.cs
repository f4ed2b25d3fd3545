using System.Collections.Concurrent;
using System.Diagnostics;

namespace Perennial.Fuzz;

/// <summary>Works through numbered cases on some threads, while another watches that none of them hangs.</summary>
internal sealed class FuzzRun(IReadOnlyList<IFuzzTarget> targets, ulong seed, long first, long count, int workers)
{
    /// <summary>What a case may take. A machine that stood still can make one look slow: it is run again before it counts.</summary>
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>A case that has not come back after this long never will.</summary>
    private static readonly TimeSpan Hung = TimeSpan.FromSeconds(60);

    /// <summary>One case of so many runs alone: readers may have threads of their own, and what those allocate is seen only then.</summary>
    private const int Alone = 61;

    private static readonly ReaderWriterLockSlim Turns = new();
    private readonly ConcurrentQueue<Finding> _findings = new();
    private readonly Tally[] _tallies = [.. targets.Select(_ => new Tally())];
    private readonly (FuzzCase Case, long Since)?[] _current = new (FuzzCase, long)?[workers];
    private readonly Lock _lock = new();
    private readonly long _end = first + count;
    private long _next = first;

    public IReadOnlyCollection<Finding> Findings => _findings;

    public Tally Of(int target) => _tallies[target];

    /// <summary>Runs all cases; false when one hung, and its thread with it.</summary>
    public bool Run()
    {
        var threads = Enumerable.Range(0, workers).Select(worker => new Thread(() => Work(worker)) { IsBackground = true }).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads)
        {
            while (!thread.Join(TimeSpan.FromSeconds(1)))
                if (FindHung()) return false;
        }
        return true;
    }

    private bool FindHung()
    {
        lock (_lock)
        {
            foreach (var current in _current)
            {
                if (current is not { } running || Stopwatch.GetElapsedTime(running.Since) < Hung) continue;
                _findings.Enqueue(new Finding(running.Case, $"has not come back after {Hung.TotalSeconds:0} s", null));
                return true;
            }
            return false;
        }
    }

    private void Work(int worker)
    {
        var own = targets.Select(_ => new Tally()).ToArray();
        for (; ; )
        {
            var number = Interlocked.Increment(ref _next) - 1;
            if (number >= _end) break;
            var target = (int)(number % targets.Count);
            var fuzzed = new FuzzCase(targets[target], seed, number / targets.Count);
            lock (_lock) _current[worker] = (fuzzed, Stopwatch.GetTimestamp());
            var outcome = RunInTurn(fuzzed);
            Judge(fuzzed, outcome);
            lock (_lock) _current[worker] = null;
            own[target].Add(outcome);
        }
        lock (_lock)
            for (var t = 0; t < own.Length; t++) _tallies[t].Add(own[t]);
    }

    private Outcome RunInTurn(FuzzCase fuzzed)
    {
        var alone = fuzzed.Number % Alone == 0;
        if (alone) Turns.EnterWriteLock();
        else Turns.EnterReadLock();
        try
        {
            return fuzzed.Run(alone);
        }
        finally
        {
            if (alone) Turns.ExitWriteLock();
            else Turns.ExitReadLock();
        }
    }

    private void Judge(FuzzCase fuzzed, in Outcome outcome)
    {
        if (outcome.Fault is { } fault)
            _findings.Enqueue(new Finding(fuzzed, $"{fault.GetType().Name}: {fault.Message}", fault.StackTrace));
        var most = fuzzed.Target.MostAllocated(outcome.Length);
        if (outcome.Allocated > most)
            _findings.Enqueue(new Finding(fuzzed, $"allocates {outcome.Allocated:N0} bytes for {outcome.Length:N0}; {most:N0} are allowed", null));
        if (outcome.Elapsed > Slow && fuzzed.Run().Elapsed > Slow && fuzzed.Run() is { } last && last.Elapsed > Slow)
            _findings.Enqueue(new Finding(fuzzed, $"takes {last.Elapsed.TotalSeconds:0.0} s, three times out of three", null));
    }
}
