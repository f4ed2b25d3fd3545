using System.Globalization;
using Perennial.Core.Data;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;
using Perennial.Core.Registry;

namespace Perennial.Core.Pipelines;

/// <summary>Runs as the API and the triggers see them.</summary>
public sealed class RunService(
    ITableStore tables, IContentStore content, IOrchestrationClient client, ModelRegistry registry, DatasetCatalog datasets, TimeProvider clock)
{
    /// <summary>The code of a request that has no room beside those that are pending: the next run answers them, and then it has.</summary>
    public const string TooManyPending = PendingRuns.TooMany;

    private const int MaxKey = 200;
    private readonly RunJournal _journal = new(tables, content, clock);
    private readonly PendingRuns _pending = new(tables, clock);

    /// <summary>
    /// Asks for a run. Requests that pile up while one runs are answered by one run; the same key is one request. Problems: no such model
    /// or dataset, or no dataset at all.
    /// </summary>
    public async Task<Outcome<RunTrigger>> Request(string model, RunTrigger trigger, CancellationToken cancellationToken = default)
    {
        if (await registry.FindModel(model, cancellationToken) is null) return Problem.NotFound("model-unknown", $"There is no model '{model}'. Create it first.");
        if (trigger.Dataset is { } id && await datasets.Find(model, id, cancellationToken) is null)
            return Problem.NotFound("dataset-unknown", $"Model '{model}' has no dataset {id}. Upload it first.");
        if (trigger.Repeat is { } version && await registry.FindVersion(model, version, cancellationToken) is null)
            return Problem.NotFound("version-unknown", $"Model '{model}' has no version {version} to make again.");
        if (trigger.Dataset is null && await datasets.Newest(model, cancellationToken) is null)
            return Problem.Conflict("no-dataset", $"Model '{model}' has no dataset to train on. Upload one first.");
        // Keys are compared for as long as they are remembered, so none is cut; names are shown only.
        if (trigger.Key.Length is 0 or > MaxKey)
            return Problem.Invalid("bad-key", $"The key of a request has 1 to {MaxKey} characters, not {trigger.Key.Length}.", [new Fault("key", $"1 to {MaxKey} characters.")]);
        var added = await _pending.Add(model, trigger with { Actor = RunJournal.Clip(trigger.Actor, 100)! }, cancellationToken);
        if (added.Succeeded) await Hint(model, cancellationToken);
        return added;
    }

    /// <summary>Starts a model's coordinator where it has none, e.g. after a crash between a request and its start. Call once when a host starts.</summary>
    public Task Resume(string model, CancellationToken cancellationToken = default) => Hint(model, cancellationToken);

    /// <summary>The run of that id, or null.</summary>
    public async Task<RunRecord?> Get(string runId, CancellationToken cancellationToken = default) =>
        TryParse(runId, out var run) ? await _journal.Find(run, cancellationToken) : null;

    /// <summary>The newest runs of a model, newest first.</summary>
    public async Task<IReadOnlyList<RunRecord>> List(string model, int take = 50, CancellationToken cancellationToken = default)
    {
        var last = (await _pending.Read(model, cancellationToken)).Last;
        var from = Math.Max(1, last - Math.Clamp(take, 1, TableLimits.PageEntities) + 1);
        var query = new TableQuery(RunJournal.Table, model, RunJournal.Row(from), RunJournal.Row(last + 1));
        var runs = new List<RunRecord>();
        do
        {
            var page = await tables.Query(query, cancellationToken);
            runs.AddRange(page.Entities.Select(RunJournal.Read));
            query = query with { Continuation = page.Continuation };
        }
        while (query.Continuation is not null);
        runs.Reverse();
        return runs;
    }

    /// <summary>Findings, profiles, trials and evaluation so far; null when there is no such run.</summary>
    public async Task<RunDetails?> Details(string runId, CancellationToken cancellationToken = default) =>
        await Get(runId, cancellationToken) is { } record ? await _journal.Details(record, cancellationToken) : null;

    /// <summary>The trials so far, in order of their index; null when there is no such run.</summary>
    public async Task<IReadOnlyList<TrialRecord>?> Trials(string runId, CancellationToken cancellationToken = default) =>
        (await Details(runId, cancellationToken))?.Trials;

    /// <summary>Goes on with a failed run from the stage that failed: what was done before is found in the cache.</summary>
    public async Task<Outcome<RunRecord>> Retry(string runId, string actor, CancellationToken cancellationToken = default)
    {
        if (await Get(runId, cancellationToken) is not { } record) return NoRun(runId);
        if (record.Status != RunStatus.Failed)
            return Problem.Conflict("run-not-failed", $"Run '{runId}' is {Words(record.Status)}; only a failed run can be retried.");
        await registry.Record(record.Model, "run-retried", actor, record.Conclusion ?? "", null, runId, cancellationToken: cancellationToken);
        var added = await _pending.AddRetry(new RunKey(record.Model, record.Sequence), cancellationToken);
        if (!added.Succeeded) return added.Problem;
        await Hint(record.Model, cancellationToken);
        return record;
    }

    /// <summary>Hands a person's decision to a run that waits for it.</summary>
    public async Task<Outcome<RunRecord>> Decide(string runId, bool approved, string actor, string? comment, CancellationToken cancellationToken = default)
    {
        if (await Get(runId, cancellationToken) is not { } record) return NoRun(runId);
        if (record.Status != RunStatus.AwaitingApproval)
            return Problem.Conflict("run-not-waiting", $"Run '{runId}' is {Words(record.Status)}; it waits for no decision.");
        await client.RaiseEvent(record.InstanceId, LifecycleNames.ApprovalEvent, new ApprovalDecision(approved, RunJournal.Clip(actor, 100)!, RunJournal.Clip(comment)), cancellationToken);
        return record;
    }

    /// <summary>What runs and what is pending.</summary>
    public async Task<ModelRuns> Status(string model, CancellationToken cancellationToken = default)
    {
        var state = await _pending.Read(model, cancellationToken);
        var active = state.Active is { } sequence ? await _journal.Find(new RunKey(model, sequence), cancellationToken) : null;
        return new ModelRuns(active?.Status is RunStatus.Running or RunStatus.AwaitingApproval ? active : null, state.Pending);
    }

    /// <summary>
    /// Whether a run holds the model and its instance goes on. Then its coordinator waits for it and looks again when it ends; where that one was
    /// ended, another must not begin meanwhile: it would call the run once more, and Durable Functions begins an id anew that is called while it lives.
    /// </summary>
    public async Task<bool> GoesOn(string model, CancellationToken cancellationToken = default) =>
        (await Status(model, cancellationToken)).Active is { } run
        && (await client.Get(run.InstanceId, cancellationToken))?.Status is OrchestrationStatus.Running or OrchestrationStatus.Suspended or OrchestrationStatus.Faulted;

    private async Task Hint(string model, CancellationToken cancellationToken)
    {
        if (await GoesOn(model, cancellationToken)) return;
        var instance = LifecycleNames.CoordinatorId(model);
        await client.Start(LifecycleNames.ModelCoordinator, instance, model, cancellationToken);
        await client.Hint(instance, LifecycleNames.TriggerEvent, model, cancellationToken);
    }

    private static bool TryParse(string runId, out RunKey run)
    {
        run = new RunKey("", 0);
        var dash = runId.LastIndexOf('-');
        if (!runId.StartsWith("run-", StringComparison.Ordinal) || dash <= 4) return false;
        if (!int.TryParse(runId.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)) return false;
        run = new RunKey(runId[4..dash], sequence);
        // A model's name never holds what a key may not; anything else is no run of ours.
        return ModelNames.IsValid(run.Model) && LifecycleNames.RunId(run.Model, sequence) == runId;
    }

    private static Problem NoRun(string runId) => Problem.NotFound("run-unknown", $"There is no run '{runId}'.");

    private static string Words(RunStatus status) => status switch
    {
        RunStatus.AwaitingApproval => "waiting for approval",
        _ => status.ToString().ToLowerInvariant(),
    };
}

/// <summary>What runs and what is pending of a model.</summary>
/// <param name="Active">The run that holds the model; null when none does.</param>
/// <param name="Pending">Requests that no run answers yet, oldest first.</param>
public sealed record ModelRuns(RunRecord? Active, IReadOnlyList<RunTrigger> Pending);
