using System.Text.Json;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;

namespace Perennial.Core.Pipelines;

/// <summary>
/// What is pending of a model, in one row beside its runs, so that taking it and creating the run is one batch: a crash in between can
/// neither lose a trigger nor answer it twice.
/// </summary>
internal sealed class PendingRuns(ITableStore tables, TimeProvider clock)
{
    /// <summary>The code of a request that has no room beside those that are pending.</summary>
    public const string TooMany = "too-many-pending";

    private const string PendingRow = "pending";
    private const int MaxAttempts = 200;
    private const int MaxPending = 20;
    // Half of what a property holds: the run's record takes them over and grows by its stages.
    private const int MaxPendingText = 16_000;
    private const int KeysKept = 100;

    public async Task<PendingState> Read(string model, CancellationToken cancellationToken) => (await Load(model, cancellationToken)).State;

    /// <summary>
    /// Adds a trigger, unless one of its key was there before, pending or taken. A file of the inbox takes the place of the one that is pending: a
    /// run trains on the last of them, and however many come they must not keep it out.
    /// </summary>
    public async Task<Outcome<RunTrigger>> Add(string model, RunTrigger trigger, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (state, etag) = await Load(model, cancellationToken);
            if (state.Pending.FirstOrDefault(t => t.Key == trigger.Key) is { } known) return known;
            if (state.Keys.Contains(trigger.Key)) return trigger;
            var others = trigger.Kind == RunTriggerKind.Inbox ? [.. state.Pending.Where(t => t.Kind != RunTriggerKind.Inbox)] : state.Pending;
            if (others.Count >= MaxPending)
                return Problem.Conflict(TooMany, $"{MaxPending} requests for a run of model '{model}' are pending already; the next run answers all of them.");
            var changed = state with { Pending = [.. others, trigger with { Reason = RunJournal.Clip(trigger.Reason, 500)! }], Keys = [.. state.Keys.TakeLast(KeysKept - 1), trigger.Key] };
            if (JsonSerializer.Serialize(changed.Pending, CoreJson.Options).Length > MaxPendingText)
                return Problem.Conflict(TooMany, $"The requests for a run of model '{model}' that are pending fill their record; the next run answers all of them.");
            if (await Save(model, changed, etag, [], cancellationToken)) return trigger;
        }
        return Busy(model);
    }

    /// <summary>Wants a failed run to be run again.</summary>
    public async Task<Outcome<RunKey>> AddRetry(RunKey run, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (state, etag) = await Load(run.Model, cancellationToken);
            if (state.Retries.Contains(run.Sequence)) return run;
            if (await Save(run.Model, state with { Retries = [.. state.Retries, run.Sequence] }, etag, [], cancellationToken)) return run;
        }
        return Busy(run.Model);
    }

    /// <summary>
    /// The run to call now: the active one while it has not ended (so that a repeated step finds what it took before), then a retry, then
    /// a new run that answers all that is pending.
    /// </summary>
    public async Task<TakenRun> Take(string model, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var (state, etag) = await Load(model, cancellationToken);
            if (state.Active is { } active && await Record(model, active, cancellationToken) is var (running, _) && running.Status is RunStatus.Running or RunStatus.AwaitingApproval)
                return Taken(running);
            var (next, change) = state.Retries.Count > 0 ? await Again(model, state, cancellationToken) : New(model, state);
            if (next is null && state.Active is null) return new TakenRun(null, null);
            var after = next is null ? state with { Active = null } : state.Retries.Count > 0
                ? state with { Active = next.Sequence, Retries = [.. state.Retries.Skip(1)] }
                : state with { Active = next.Sequence, Last = next.Sequence, Pending = [.. state.Pending.Except(next.Triggers)] };
            if (await Save(model, after, etag, change, cancellationToken)) return next is null ? new TakenRun(null, null) : Taken(next);
        }
        throw new ActivityFailureException(new Failure("runs-busy", Busy(model).Detail, Retryable: true));
    }

    private (RunRecord? Record, TableOperation[] Change) New(string model, PendingState state)
    {
        if (state.Pending.Count == 0) return (null, []);
        var sequence = state.Last + 1;
        // A run that makes a version again answers nothing else.
        RunTrigger[] taken = state.Pending[0].Repeat is null ? [.. state.Pending.TakeWhile(t => t.Repeat is null)] : [state.Pending[0]];
        var record = new RunRecord(LifecycleNames.RunId(model, sequence), model, sequence, RunStatus.Running, taken, null, clock.GetUtcNow(), null, []);
        return (record, [TableOperation.Insert(RunJournal.Row(sequence), RunJournal.Properties(record))]);
    }

    private async Task<(RunRecord? Record, TableOperation[] Change)> Again(string model, PendingState state, CancellationToken cancellationToken)
    {
        var (failed, etag) = await Record(model, state.Retries[0], cancellationToken);
        var record = failed with { Status = RunStatus.Running, Attempt = failed.Attempt + 1, EndedAt = null, Failure = null, Conclusion = null, Report = null };
        return (record, [TableOperation.Replace(RunJournal.Row(record.Sequence), RunJournal.Properties(record), etag)]);
    }

    private static TakenRun Taken(RunRecord record) => new(new RunKey(record.Model, record.Sequence), record.InstanceId);

    private async Task<(RunRecord Record, string ETag)> Record(string model, int sequence, CancellationToken cancellationToken)
    {
        var entity = await tables.Get(RunJournal.Table, model, RunJournal.Row(sequence), cancellationToken)
            ?? throw new InvalidOperationException($"Run {sequence} of model '{model}' has no record.");
        return (RunJournal.Read(entity), entity.ETag);
    }

    private async Task<(PendingState State, string? ETag)> Load(string model, CancellationToken cancellationToken) =>
        await tables.Get(RunJournal.Table, model, PendingRow, cancellationToken) is { } entity
            ? (JsonSerializer.Deserialize<PendingState>(entity.Properties["json"], CoreJson.Options)!, entity.ETag)
            : (PendingState.Empty, null);

    private async Task<bool> Save(string model, PendingState state, string? etag, TableOperation[] more, CancellationToken cancellationToken)
    {
        var properties = RunJournal.Properties(state);
        var row = etag is null ? TableOperation.Insert(PendingRow, properties) : TableOperation.Replace(PendingRow, properties, etag);
        return (await tables.Write(RunJournal.Table, model, [row, .. more], cancellationToken)).Succeeded;
    }

    private static Problem Busy(string model) => new(ProblemKind.Unavailable, "runs-busy", $"Too many ask for runs of model '{model}' at once. Try again.");
}

/// <summary>What is pending of a model.</summary>
/// <param name="Pending">Triggers that no run answers yet, oldest first.</param>
/// <param name="Retries">Failed runs to run again.</param>
/// <param name="Last">The last sequence number given.</param>
/// <param name="Active">The run that holds the model.</param>
/// <param name="Keys">Keys of the latest triggers, taken ones included.</param>
internal sealed record PendingState(IReadOnlyList<RunTrigger> Pending, IReadOnlyList<int> Retries, int Last, int? Active, IReadOnlyList<string> Keys)
{
    public static PendingState Empty { get; } = new([], [], 0, null, []);
}

/// <summary>Takes what is pending of a model; repeating it takes the same.</summary>
public sealed class TakePendingActivity(PipelineServices services) : IActivity<string, TakenRun>
{
    /// <inheritdoc/>
    public Task<TakenRun> Run(string input, ActivityContext context, CancellationToken cancellationToken) =>
        new PendingRuns(services.Tables, services.Clock).Take(input, cancellationToken);
}
