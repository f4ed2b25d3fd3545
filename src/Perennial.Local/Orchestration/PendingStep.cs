using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <summary>An action whose answer the code may be waiting for.</summary>
internal abstract class PendingStep(HistoryEvent scheduled)
{
    /// <summary>The action.</summary>
    public HistoryEvent Scheduled => scheduled;

    /// <summary>The attempt that runs or comes next, from 1.</summary>
    public int Attempt { get; set; } = 1;

    /// <summary>When the next attempt is due, UTC ticks; 0 for at once.</summary>
    public long RetryDue { get; set; }

    /// <summary>Hands the answer to the code, which runs on inside.</summary>
    public abstract void Complete(HistoryEvent answer);
}

/// <inheritdoc/>
internal sealed class PendingStep<T>(HistoryEvent scheduled, Func<HistoryEvent, T> read) : PendingStep(scheduled)
{
    // Continuations must run inside the turn, so never asynchronously.
    private readonly TaskCompletionSource<T> _source = new();

    public Task<T> Task => _source.Task;

    public override void Complete(HistoryEvent answer)
    {
        if (answer.Kind is EventKind.ActivityFailed or EventKind.OrchestrationFailed)
        {
            _source.SetException(new ActivityFailedException(Scheduled.Name!, PayloadJson.Read<Failure>(answer.Data!)!));
        }
        else
        {
            _source.SetResult(read(answer));
        }
    }
}
