using System.Globalization;
using System.Text.Json;
using Microsoft.DurableTask;
using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using RetryPolicy = Perennial.Core.Orchestration.RetryPolicy;

namespace Perennial.Functions.Orchestration;

/// <summary>The port over Durable Functions' context. Retries, their delays and their deadlines are this class's, so that both hosts make the same attempts.</summary>
/// <param name="engine">Durable Functions' context.</param>
/// <param name="name">The orchestration's name, for messages.</param>
/// <param name="today">The version of today's code, which the next generation begins with.</param>
/// <param name="start">What this generation was started with.</param>
internal sealed class DurableOrchestrationContext(TaskOrchestrationContext engine, string name, int today, OrchestrationStart start) : IOrchestrationContext
{
    private readonly EventWaiters _events = new(engine);

    /// <summary>Whether the next generation was asked for: then there is no output.</summary>
    public bool HasContinued { get; private set; }

    /// <inheritdoc/>
    public string InstanceId => engine.InstanceId;

    /// <inheritdoc/>
    public DateTimeOffset Now => new(DateTime.SpecifyKind(engine.CurrentUtcDateTime, DateTimeKind.Utc));

    /// <inheritdoc/>
    public bool IsReplaying => engine.IsReplaying;

    /// <inheritdoc/>
    public int Version => start.Version;

    /// <inheritdoc/>
    public string NewId() => engine.NewGuid().ToString("N");

    /// <inheritdoc/>
    public async Task<TOutput> Call<TInput, TOutput>(ActivityName<TInput, TOutput> activity, TInput input, RetryPolicy? retry = null)
    {
        RequireOpenTurn();
        var json = Wire.Json(input);
        if (PayloadLimit.Check($"The input of activity '{activity.Value}'", Wire.Size(json)) is { } tooLarge) throw new ActivityFailedException(activity.Value, tooLarge);
        for (var attempt = 1; ; attempt++)
        {
            var result = await Attempt(activity.Value, new ActivityCall(InstanceId, attempt, json), retry?.Timeout);
            if (result.Failure is not { } failure) return Wire.Read<TOutput>(result.Output!.Value);
            if (retry is null || !failure.Retryable || attempt >= retry.MaxAttempts) throw new ActivityFailedException(activity.Value, failure);
            await Delay(Now + retry.DelayAfter(attempt));
        }
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Durable Functions does not tell an id that is taken: on Azure Storage the child begins anew, also over one that lives. So callers see to it that
    /// an id is called by one parent at a time (<see cref="Perennial.Core.Pipelines.RunService.GoesOn"/>), and again only once the child has ended.
    /// </remarks>
    public async Task<TOutput> CallOrchestration<TInput, TOutput>(OrchestrationName<TInput, TOutput> orchestration, string instanceId, TInput input)
    {
        RequireOpenTurn();
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var json = Wire.Json(input);
        if (PayloadLimit.Check($"The input of orchestration '{orchestration.Value}'", Wire.Size(json)) is { } tooLarge)
            throw new ActivityFailedException(orchestration.Value, tooLarge);
        try
        {
            var child = new OrchestrationStart(orchestration.Version, json, InstanceId).ToJson();
            return Wire.Read<TOutput>(await engine.CallSubOrchestratorAsync<JsonElement>(orchestration.Value, child, new SubOrchestrationOptions(instanceId: instanceId)));
        }
        catch (TaskFailedException failed)
        {
            // The engine tells a parent that its child was terminated by telling it nothing.
            TaskFailureDetails? details = failed.FailureDetails;
            throw new ActivityFailedException(orchestration.Value, details is null
                ? new Failure("terminated", $"Instance '{instanceId}' was terminated; its own state says why.", Retryable: false)
                : OrchestrationFailureException.Read(details));
        }
    }

    /// <inheritdoc/>
    public Task Delay(DateTimeOffset until)
    {
        RequireOpenTurn();
        return until <= Now ? Task.CompletedTask : engine.CreateTimer(until.UtcDateTime, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task<EventOutcome<T>> WaitForEvent<T>(string name, DateTimeOffset? deadline = null)
    {
        RequireOpenTurn();
        ArgumentException.ThrowIfNullOrEmpty(name);
        var payload = _events.Take(name);
        if (payload.IsCompleted) return new EventOutcome<T>(true, Wire.Read<T>(await payload));
        if (deadline is null) return new EventOutcome<T>(true, Wire.Read<T>(await _events.Wait(name, payload)));
        if (deadline <= Now) return default;

        // An instance ends only when nothing is open: the losing timer is cancelled.
        using var losing = new CancellationTokenSource();
        var timer = engine.CreateTimer(deadline.Value.UtcDateTime, losing.Token);
        var first = await _events.First(name, payload, timer);
        if (first == timer) return default;
        losing.Cancel();
        return new EventOutcome<T>(true, Wire.Read<T>(await payload));
    }

    /// <inheritdoc/>
    public void ContinueAsNew<TInput>(TInput input)
    {
        RequireOpenTurn();
        var json = Wire.Json(input);
        if (PayloadLimit.Check($"The input of orchestration '{name}'", Wire.Size(json)) is { } tooLarge) throw new ActivityFailureException(tooLarge);
        HasContinued = true;
        _events.HandOn();
        engine.ContinueAsNew(new OrchestrationStart(today, json, start.ParentId).ToJson(), preserveUnprocessedEvents: true);
    }

    /// <inheritdoc/>
    public void SetStatus<T>(T status)
    {
        var json = Wire.Json(status);
        if (PayloadLimit.Check($"The status of orchestration '{name}'", Wire.Size(json)) is { } tooLarge) throw new ActivityFailureException(tooLarge);
        engine.SetCustomStatus(json);
    }

    // An attempt that is late stays open: the code goes on without it, but the engine neither ends nor continues an instance while a call is open.
    private async Task<ActivityResult> Attempt(string activity, ActivityCall call, TimeSpan? timeout)
    {
        try
        {
            var running = engine.CallActivityAsync<string>(activity, Wire.Text(call));
            if (timeout is { } limit && !await EndsWithin(running, limit))
            {
                var late = string.Create(CultureInfo.InvariantCulture, $"Attempt {call.Attempt} of activity '{activity}' was not done after {limit}. What it still returns counts for nothing.");
                return new ActivityResult(null, new Failure("activity-timeout", late, Retryable: true));
            }
            return Wire.Read<ActivityResult>(await running);
        }
        catch (TaskFailedException failed)
        {
            // The activity's own failures come as data: this is the process that ran it.
            return new ActivityResult(null, OrchestrationFailureException.Read(failed.FailureDetails));
        }
    }

    private async Task<bool> EndsWithin(Task running, TimeSpan limit)
    {
        using var losing = new CancellationTokenSource();
        var timer = engine.CreateTimer((Now + limit).UtcDateTime, losing.Token);
        if (await Task.WhenAny(running, timer) == timer) return false;
        losing.Cancel();
        return true;
    }

    private void RequireOpenTurn()
    {
        if (HasContinued) throw new InvalidOperationException("After ContinueAsNew an orchestration must return at once.");
    }
}
