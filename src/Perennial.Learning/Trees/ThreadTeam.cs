using System.Runtime.ExceptionServices;

namespace Perennial.Learning.Trees;

/// <summary>
/// Threads that stay together for one training and share out its many short jobs: handing one over costs about a microsecond while they are
/// awake. A job's items are claimed one after another and only claimed ones are waited for, so a thread that the machine has no room for
/// delays nothing. Who waits spins for a moment, then sleeps or yields.
/// </summary>
internal sealed class ThreadTeam(int threads) : IDisposable
{
    // Some tens of microseconds: longer than what lies between two jobs, shorter than what another process would miss.
    private const int Spins = 100;
    private const int SpinLength = 20;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private Thread[] _helpers = [];
    private Job? _job;
    private int _sleeping;

    /// <summary>The number of threads, the caller's among them; they are numbered from 0, which is the caller.</summary>
    public int Threads => threads;

    /// <summary>Runs work on each of so many items; it is told the number of the thread and of the item. Returns when all is done.</summary>
    /// <exception cref="Exception">What the work threw first.</exception>
    public void ForEach(int items, Action<int, int> work)
    {
        var job = new Job(items, work);
        if (threads > 1 && items > 1) Publish(job);
        job.Claim(0);
        job.Wait();
    }

    /// <summary>Lets the helpers go.</summary>
    public void Dispose()
    {
        if (_helpers.Length == 0) return;
        Publish(Job.Over);
        foreach (var helper in _helpers) helper.Join();
        _helpers = [];
        _wake.Dispose();
    }

    private void Publish(Job job)
    {
        if (_helpers.Length == 0 && job != Job.Over) Begin();

        // Whole fences here and where a helper goes to sleep: either it sees the job, or it is seen sleeping.
        Interlocked.Exchange(ref _job, job);
        if (Volatile.Read(ref _sleeping) == 0) return;
        lock (_gate)
        {
            if (_sleeping > 0) _wake.Release(_sleeping);
            _sleeping = 0;
        }
    }

    private void Begin()
    {
        _helpers = new Thread[threads - 1];
        for (var helper = 0; helper < _helpers.Length; helper++)
        {
            var number = helper + 1;
            _helpers[helper] = new Thread(() => Help(number)) { IsBackground = true, Name = "trees" };
            _helpers[helper].Start();
        }
    }

    private void Help(int thread)
    {
        for (Job? last = null; (last = Next(last)) != Job.Over;) last.Claim(thread);
    }

    private Job Next(Job? last)
    {
        for (var spin = 0; spin < Spins; spin++)
        {
            if (Volatile.Read(ref _job) is { } job && job != last) return job;
            Thread.SpinWait(SpinLength);
        }
        lock (_gate) Interlocked.Increment(ref _sleeping);
        if (Volatile.Read(ref _job) is { } late && late != last)
        {
            // It may have been woken in between: then there is one wake to take, else it was never asleep.
            lock (_gate)
            {
                if (_sleeping > 0)
                {
                    _sleeping--;
                    return late;
                }
            }
        }
        _wake.Wait();
        return Volatile.Read(ref _job)!;
    }

    private sealed class Job(int items, Action<int, int> work)
    {
        /// <summary>Tells helpers to end.</summary>
        public static readonly Job Over = new(0, (_, _) => { });

        private int _next = -1;
        private int _done;
        private ExceptionDispatchInfo? _error;

        public void Claim(int thread)
        {
            for (var item = Interlocked.Increment(ref _next); item < items; item = Interlocked.Increment(ref _next))
            {
                try
                {
                    work(thread, item);
                }
                catch (Exception exception)
                {
                    Interlocked.CompareExchange(ref _error, ExceptionDispatchInfo.Capture(exception), null);
                }
                Interlocked.Increment(ref _done);
            }
        }

        public void Wait()
        {
            // Never Sleep(1): what is missing is at most an item of each thread.
            for (var wait = default(SpinWait); Volatile.Read(ref _done) < items;) wait.SpinOnce(sleep1Threshold: -1);
            _error?.Throw();
        }
    }
}
