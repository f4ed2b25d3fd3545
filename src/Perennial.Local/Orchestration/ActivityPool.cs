using System.Text.Json;
using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <summary>One attempt of one activity.</summary>
internal sealed record ActivityAttempt(Instance Instance, int Generation, int Step, string Name, byte[] Input, byte[]? Retry, int Attempt);

/// <summary>
/// Runs activities on the thread pool, so many at once, the rest in order of arrival. All members but the runs themselves belong to
/// the engine's thread.
/// </summary>
internal sealed class ActivityPool(OrchestrationCatalog catalog, int limit, Action<ActivityAttempt, byte[]?, Failure?> ended)
{
    private readonly Queue<ActivityAttempt> _waiting = new();
    private readonly Dictionary<ActivityAttempt, CancellationTokenSource> _running = new(ReferenceEqualityComparer.Instance);
    private bool _closed;

    public int Running => _running.Count;

    public int Waiting => _waiting.Count;

    public void Add(ActivityAttempt attempt)
    {
        if (!_closed)
        {
            _waiting.Enqueue(attempt);
            StartMore();
        }
    }

    /// <summary>Makes room after an attempt has ended.</summary>
    public void Release(ActivityAttempt attempt)
    {
        if (_running.Remove(attempt, out var cancellation))
        {
            cancellation.Dispose();
        }

        StartMore();
    }

    /// <summary>Cancels the tokens of an instance's running attempts.</summary>
    public void Cancel(Instance instance)
    {
        foreach (var (attempt, cancellation) in _running)
        {
            if (ReferenceEquals(attempt.Instance, instance))
            {
                cancellation.Cancel();
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
            cancellation.Cancel();
        }
    }

    private void StartMore()
    {
        while (_running.Count < limit && _waiting.TryDequeue(out var next))
        {
            if (next.Instance.HasEnded || next.Instance.Generation != next.Generation)
            {
                continue;
            }

            var cancellation = new CancellationTokenSource();
            _running.Add(next, cancellation);
            var token = cancellation.Token;
            _ = Task.Run(() => Run(next, token), CancellationToken.None);
        }
    }

    private async Task Run(ActivityAttempt attempt, CancellationToken cancellationToken)
    {
        byte[]? output = null;
        Failure? failure;
        try
        {
            var context = new ActivityContext(attempt.Instance.Id, attempt.Attempt);
            JsonElement result = await catalog.Activities[attempt.Name].Run(context, PayloadJson.Element(attempt.Input), cancellationToken);
            output = PayloadJson.Bytes(result);
            failure = PayloadLimit.Check($"The output of activity '{attempt.Name}'", output.Length);
        }
        catch (Exception exception)
        {
            failure = Failure.From(exception);
        }

        ended(attempt, failure is null ? output : null, failure);
    }
}
