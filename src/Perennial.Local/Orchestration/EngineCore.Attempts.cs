using Perennial.Core.Orchestration;

namespace Perennial.Local.Orchestration;

/// <content>How attempts of activities begin and end.</content>
internal sealed partial class EngineCore
{
    private void StartAttempt(Instance instance, int step, PendingStep pending)
    {
        var action = pending.Scheduled;
        instance.OpenAttempts++;
        instance.Leaving = null;
        var attempt = new ActivityAttempt(instance, instance.Generation, step, action.Name!, action.Data!, action.Retry, pending.Attempt)
        {
            Span = AttemptSpan(instance, action.Name!, pending.Attempt),
        };
        _effects.Add(failure =>
        {
            if (failure is null)
            {
                _pool.Add(attempt);
            }
        });
    }

    private void AttemptEnded(ActivityAttempt attempt, byte[]? output, Failure? failure)
    {
        if (_pool.Release(attempt))
        {
            Answer(attempt, output, failure);
        }
    }

    private void GiveUpOverdue()
    {
        while (_pool.TakeOverdue() is { } attempt)
        {
            Answer(attempt, output: null, attempt.TimedOut());
        }
    }

    private void Answer(ActivityAttempt attempt, byte[]? output, Failure? failure)
    {
        var instance = attempt.Instance;
        if (_discardsAttempts || attempt.IsStale)
        {
            return;
        }

        instance.OpenAttempts--;
        var stimulus = new HistoryEvent(EventKind.ActivityCompleted) { Step = attempt.Step, Name = attempt.Name, Data = output };
        if (failure is not null)
        {
            var policy = attempt.Policy;
            var again = failure.Retryable && policy is not null && attempt.Attempt < policy.MaxAttempts;
            stimulus = stimulus with
            {
                Kind = again ? EventKind.ActivityRetried : EventKind.ActivityFailed,
                Data = PayloadJson.Write(failure),
                Attempt = attempt.Attempt,
                Due = again ? Now + policy!.DelayAfter(attempt.Attempt).Ticks : 0,
            };
        }

        Deliver(instance, stimulus);
    }
}
