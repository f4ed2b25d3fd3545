using System.Diagnostics;

namespace Perennial.Local.Storage.Segments;

/// <summary>
/// Gathers what arrives while a commit is under way and hands it on together to the next: one sync for many writers. A thread of its
/// own commits, since a sync blocks; it begins with the first item and ends when there has been nothing to do for a while.
/// <para>
/// Writers that were just acknowledged tend to come back at once. Where there were several, the thread gives them a moment, no longer
/// than a commit takes: one sync for all of them is better than two for half of them each. A lone writer is never kept waiting.
/// </para>
/// </summary>
internal sealed class GroupCommit<T> : IDisposable
{
    private static readonly TimeSpan UsualIdle = TimeSpan.FromSeconds(10);
    private static readonly long LongestPause = Stopwatch.Frequency / 2000;
    private readonly object _gate = new();
    private readonly string _name;
    private readonly Action<List<T>> _commit;
    private readonly bool _inline;
    private readonly TimeSpan _idle;
    private Thread? _thread;
    private List<T> _waiting = [];
    private bool _asleep;
    private bool _closed;
    private bool _committing;

    /// <param name="name">The thread's name.</param>
    /// <param name="commit">Commits items in order and tells each how it went; it must not throw, and must not keep the list.</param>
    /// <param name="inline">Commits on the thread of whoever submits; what is submitted during a commit is the next group.</param>
    /// <param name="idle">After so long without an item the thread ends; ten seconds where nothing is said.</param>
    public GroupCommit(string name, Action<List<T>> commit, bool inline = false, TimeSpan? idle = null)
    {
        _name = name;
        _commit = commit;
        _inline = inline;
        _idle = idle ?? UsualIdle;
    }

    /// <summary>Queues an item; the order of calls is the order of commits.</summary>
    /// <exception cref="ObjectDisposedException">The store is closed.</exception>
    public void Submit(T item)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            _waiting.Add(item);
            if (!_inline) Wake();
        }
        if (_inline && !_committing) CommitInline();
    }

    /// <summary>Commits what is queued, then ends.</summary>
    public void Dispose()
    {
        Thread? thread;
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
            thread = _thread;
        }
        thread?.Join();
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

    private void Wake()
    {
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = _name };
            _thread.Start();
        }
        else if (_asleep)
        {
            _asleep = false;
            Monitor.Pulse(_gate);
        }
    }

    private void Run()
    {
        var batch = new List<T>();
        var (last, pause) = (0, new Pause());
        while (true)
        {
            pause.For(last, this);
            lock (_gate)
            {
                if (!Wait()) return;
                (batch, _waiting) = (_waiting, batch);
            }
            var start = Stopwatch.GetTimestamp();
            _commit(batch);
            pause.Took(Stopwatch.GetTimestamp() - start);
            last = batch.Count;
            batch.Clear();
        }
    }

    /// <summary>Under the gate: true when something waits, false when the thread is to end.</summary>
    private bool Wait()
    {
        while (_waiting.Count == 0)
        {
            _asleep = true;
            var woken = !_closed && Monitor.Wait(_gate, _idle);
            _asleep = false;
            if (_waiting.Count > 0 || (woken && !_closed)) continue;
            _thread = null;
            return false;
        }
        return true;
    }

    /// <summary>How long the thread looks out for writers that come back before it sleeps or commits.</summary>
    private struct Pause
    {
        private long _typical;
        private int _skip;
        private int _missed;

        /// <summary>A commit took so long.</summary>
        public void Took(long ticks) => _typical = _typical == 0 ? ticks : _typical + (ticks - _typical) / 8;

        /// <summary>Returns when as many wait as there are likely to be, or it has been long enough.</summary>
        /// <param name="last">How many the last commit acknowledged.</param>
        /// <param name="group">Where they come back to.</param>
        public void For(int last, GroupCommit<T> group)
        {
            var wanted = last + Volatile.Read(ref group._waiting).Count;
            if (last == 0 || wanted == 1) return;
            if (_skip > 0)
            {
                _skip--;
                return;
            }
            var limit = Math.Min(_typical, LongestPause);
            var start = Stopwatch.GetTimestamp();
            while (true)
            {
                if (Volatile.Read(ref group._waiting).Count >= wanted)
                {
                    _missed = 0;
                    return;
                }
                if (Stopwatch.GetTimestamp() - start > limit) break;
                Thread.Yield();
            }
            // Writers that do not come back are not waited for again soon.
            _missed = Math.Min(_missed + 1, 7);
            _skip = 1 << _missed;
        }
    }
}
