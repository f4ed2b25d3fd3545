using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;

namespace Perennial.Local.Orchestration;

/// <summary>
/// The running code of one generation of an instance, and all that follows from its history: what it waits for, what it has not
/// consumed. Deterministic: the same stimuli in the same order give the same actions.
/// </summary>
internal sealed class OrchestrationRun(OrchestrationEntry entry, Instance instance) : IOrchestrationContext
{
    private readonly TurnScheduler _scheduler = new();
    private readonly SortedDictionary<int, PendingStep> _pending = [];
    private readonly Dictionary<string, int> _waits = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<HistoryEvent> _unconsumed = [];
    private List<HistoryEvent> _emitted = [];
    private Task<JsonElement>? _body;
    private byte[]? _nextInput;
    private int _steps;
    private int _ids;

    /// <summary>What the code waits for, by number.</summary>
    public IReadOnlyDictionary<int, PendingStep> Pending => _pending;

    /// <summary>Events that came and were not asked for yet, in order of arrival.</summary>
    public IReadOnlyList<HistoryEvent> Unconsumed => _unconsumed;

    /// <summary>The action with which the code ended; null while it goes on.</summary>
    public HistoryEvent? End { get; private set; }

    /// <summary>What SetStatus set last in this generation.</summary>
    public byte[]? CustomStatus { get; private set; }

    /// <summary>Waits with a deadline whose event came first: their timers are of no use any more. The caller empties it.</summary>
    public List<int> CancelledTimers { get; } = [];

    public string InstanceId => instance.Id;

    public DateTimeOffset Now { get; private set; }

    public bool IsReplaying { get; set; }

    public int Version => instance.Version;

    /// <summary>Whether a stimulus answers anything: a second answer to one action does not.</summary>
    public bool Accepts(HistoryEvent stimulus) => stimulus.Kind switch
    {
        EventKind.Started => _body is null,
        EventKind.EventReceived => true,
        _ => _pending.ContainsKey(stimulus.Step),
    };

    /// <summary>Gives the code a stimulus and lets it run until it waits or ends.</summary>
    /// <returns>The actions it did, in order.</returns>
    /// <exception cref="OrchestrationFault">The code cannot go on.</exception>
    public IReadOnlyList<HistoryEvent> Apply(HistoryEvent stimulus)
    {
        if (_body is { IsCompleted: true })
        {
            _scheduler.NoteEscape();
        }

        _emitted = [];
        Now = new DateTimeOffset(stimulus.Time, TimeSpan.Zero);
        _scheduler.Run(() => Deliver(stimulus));
        if (_scheduler.HasEscaped)
        {
            throw OrchestrationFault.NotDurable(instance.Id, entry.Name, "went on outside of its turn: it awaits something that is not durable");
        }

        if (_body!.IsCompleted)
        {
            EmitEnd();
        }
        else if (_pending.Count == 0)
        {
            throw OrchestrationFault.NotDurable(instance.Id, entry.Name, "awaits something that is not durable");
        }

        return _emitted;
    }

    public string NewId()
    {
        _scheduler.RequireTurn();
        var text = Encoding.UTF8.GetBytes(instance.Id);
        var bytes = new byte[text.Length + 16];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, instance.Serial);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), instance.Generation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), _ids++);
        text.CopyTo(bytes, 16);
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
    }

    public Task<TOutput> Call<TInput, TOutput>(ActivityName<TInput, TOutput> activity, TInput input, RetryPolicy? retry = null)
    {
        RequireOpenTurn();
        var data = PayloadJson.Write(input);
        if (PayloadLimit.Check($"The input of activity '{activity.Value}'", data.Length) is { } tooLarge)
        {
            return Task.FromException<TOutput>(new ActivityFailedException(activity.Value, tooLarge));
        }

        var scheduled = Emit(new HistoryEvent(EventKind.ActivityScheduled) { Name = activity.Value, Data = data, Retry = retry is null ? null : PayloadJson.Write(retry) });
        return Await(scheduled, Read<TOutput>);
    }

    public Task<TOutput> CallOrchestration<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input)
    {
        RequireOpenTurn();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var data = PayloadJson.Write(input);
        if (PayloadLimit.Check($"The input of orchestration '{orchestration.Value}'", data.Length) is { } tooLarge)
        {
            return Task.FromException<TOutput>(new ActivityFailedException(orchestration.Value, tooLarge));
        }

        var scheduled = Emit(new HistoryEvent(EventKind.OrchestrationScheduled) { Name = orchestration.Value, Data = data, Target = instanceId });
        return Await(scheduled, Read<TOutput>);
    }

    public Task Delay(DateTimeOffset until)
    {
        RequireOpenTurn();
        return until <= Now ? Task.CompletedTask : Await(Emit(new HistoryEvent(EventKind.TimerScheduled) { Due = until.UtcTicks }), static _ => true);
    }

    public Task<EventOutcome<T>> WaitForEvent<T>(string name, DateTimeOffset? deadline = null)
    {
        RequireOpenTurn();
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (_waits.ContainsKey(name))
        {
            throw new InvalidOperationException($"The event '{name}' is already waited for: one waiter a name.");
        }

        var awaited = Emit(new HistoryEvent(EventKind.EventAwaited) { Name = name, Due = deadline?.UtcTicks ?? 0 });
        var early = _unconsumed.FindIndex(e => string.Equals(e.Name, name, StringComparison.OrdinalIgnoreCase));
        if (early >= 0)
        {
            var received = _unconsumed[early];
            _unconsumed.RemoveAt(early);
            return Task.FromResult(new EventOutcome<T>(true, Read<T>(received)));
        }

        if (deadline <= Now)
        {
            return Task.FromResult(default(EventOutcome<T>));
        }

        _waits.Add(name, awaited.Step);
        return Await(awaited, e => e.Kind == EventKind.EventReceived ? new EventOutcome<T>(true, Read<T>(e)) : default);
    }

    public void ContinueAsNew<TInput>(TInput input)
    {
        RequireOpenTurn();
        var data = PayloadJson.Write(input);
        if (PayloadLimit.Check($"The input of orchestration '{entry.Name}'", data.Length) is { } tooLarge)
        {
            throw new ActivityFailureException(tooLarge);
        }

        _nextInput = data;
    }

    public void SetStatus<T>(T status)
    {
        _scheduler.RequireTurn();
        var data = PayloadJson.Write(status);
        if (PayloadLimit.Check($"The status of orchestration '{entry.Name}'", data.Length) is { } tooLarge)
        {
            throw new ActivityFailureException(tooLarge);
        }

        CustomStatus = data;
    }

    private void Deliver(HistoryEvent stimulus)
    {
        switch (stimulus.Kind)
        {
            case EventKind.Started:
                _body = entry.Run(this, PayloadJson.Element(stimulus.Data!));
                break;
            case EventKind.EventReceived when _waits.Remove(stimulus.Name!, out var step):
                Settle(step, stimulus);
                break;
            case EventKind.EventReceived:
                _unconsumed.Add(stimulus);
                break;
            case EventKind.ActivityRetried:
                _pending[stimulus.Step].Attempt = stimulus.Attempt + 1;
                _pending[stimulus.Step].RetryDue = stimulus.Due;
                break;
            default:
                Settle(stimulus.Step, stimulus);
                break;
        }
    }

    private void Settle(int step, HistoryEvent answer)
    {
        _pending.Remove(step, out var pending);
        if (pending!.Scheduled is { Kind: EventKind.EventAwaited, Name: { } name })
        {
            _waits.Remove(name);
            if (answer.Kind == EventKind.EventReceived && pending.Scheduled.Due != 0)
            {
                CancelledTimers.Add(step);
            }
        }

        pending.Complete(answer);
    }

    private HistoryEvent Emit(HistoryEvent action)
    {
        var numbered = action with { Step = _steps++, Time = Now.UtcTicks };
        _emitted.Add(numbered);
        return numbered;
    }

    private Task<T> Await<T>(HistoryEvent scheduled, Func<HistoryEvent, T> read)
    {
        var step = new PendingStep<T>(scheduled, read);
        _pending.Add(scheduled.Step, step);
        return step.Task;
    }

    private void EmitEnd()
    {
        var end = new HistoryEvent(EventKind.Completed);
        if (!_body!.IsCompletedSuccessfully)
        {
            var failure = _body.Exception is { } aggregate
                ? Failure.From(aggregate.InnerException!)
                : new Failure(nameof(TaskCanceledException), "The orchestration cancelled itself.", Retryable: false);
            end = new HistoryEvent(EventKind.Failed) { Data = PayloadJson.Write(failure) };
        }
        else if (_nextInput is not null)
        {
            end = new HistoryEvent(EventKind.ContinuedAsNew) { Data = _nextInput };
        }
        else
        {
            var output = PayloadJson.Bytes(_body.Result);
            end = PayloadLimit.Check($"The output of orchestration '{entry.Name}'", output.Length) is { } tooLarge
                ? new HistoryEvent(EventKind.Failed) { Data = PayloadJson.Write(tooLarge) }
                : end with { Data = output };
        }

        End = Emit(end);
    }

    private void RequireOpenTurn()
    {
        _scheduler.RequireTurn();
        if (_nextInput is not null)
        {
            throw new InvalidOperationException("After ContinueAsNew an orchestration must return at once.");
        }
    }

    private T Read<T>(HistoryEvent stimulus)
    {
        try
        {
            return PayloadJson.Read<T>(stimulus.Data!)!;
        }
        catch (JsonException exception)
        {
            throw OrchestrationFault.Unreadable(instance.Id, stimulus, exception);
        }
    }
}
