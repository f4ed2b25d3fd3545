using System.Runtime.CompilerServices;
using Perennial.Core.Governance;
using Perennial.Core.Orchestration;
using Perennial.Core.Outcomes;
using Perennial.Core.Ports;

namespace Perennial.Core.Registry;

/// <summary>
/// Models, their versions and aliases, and the audit chain of every decision about them: table <c>registry</c>, a partition a model.
/// Every mutation is one batch that also appends its audit entry; a lost race is tried again, at most <see cref="MaxAttempts"/> times,
/// and then is a problem of kind <see cref="ProblemKind.Unavailable"/>. Repeating a mutation that has happened changes nothing.
/// </summary>
public sealed class ModelRegistry(ITableStore tables, TimeProvider clock)
{
    /// <summary>How often a lost race is tried again.</summary>
    public const int MaxAttempts = 50;

    /// <summary>The alias of the version that answers.</summary>
    public const string Champion = "champion";

    /// <summary>The alias of the version in a rollout.</summary>
    public const string Challenger = "challenger";

    /// <summary>The alias of the champion before, for rollback.</summary>
    public const string Previous = "previous";

    private const string ModelRow = "model";
    private const string CounterRow = "counter";
    private const string IndexTable = "models";
    private const string IndexPartition = "models";

    /// <summary>Creates the model, or gives it a new revision of its spec; the same spec again changes nothing.</summary>
    public async Task<Outcome<ModelRecord>> PutModel(string name, ContentHash spec, string actor, CancellationToken cancellationToken = default)
    {
        // The index comes first: a name without a model is skipped by ListModels, a model without a name would be lost to it.
        await Index(name, cancellationToken);
        return await Mutate<ModelRecord>(name, async batch =>
        {
            var now = batch.Now;
            var known = await batch.Find<ModelRecord>(ModelRow, cancellationToken);
            if (known?.Spec == spec) return known;
            var model = known is null
                ? new ModelRecord(name, spec, 1, now, now)
                : known with { Spec = spec, SpecRevision = known.SpecRevision + 1, UpdatedAt = now };
            batch.Set(ModelRow, model);
            batch.Audit(known is null ? "model-created" : "spec-changed", actor, $"Spec revision {model.SpecRevision}, {spec}.");
            return model;
        }, cancellationToken);
    }

    /// <summary>The model, or null when there is none.</summary>
    public Task<ModelRecord?> FindModel(string name, CancellationToken cancellationToken = default) =>
        ModelNames.IsValid(name) ? Find<ModelRecord>(name, ModelRow, cancellationToken) : Task.FromResult<ModelRecord?>(null);

    /// <summary>All models, by name.</summary>
    public async Task<IReadOnlyList<ModelRecord>> ListModels(CancellationToken cancellationToken = default)
    {
        var models = new List<ModelRecord>();
        await foreach (var entity in Range(new TableQuery(IndexTable, IndexPartition), cancellationToken))
            if (await FindModel(entity.Row, cancellationToken) is { } model) models.Add(model);
        return models;
    }

    /// <summary>Writes the index behind <see cref="ListModels"/> anew from the models themselves.</summary>
    public async Task RebuildIndex(CancellationToken cancellationToken = default)
    {
        await foreach (var entity in Range(new TableQuery(RegistryBatch.Table, null), cancellationToken))
            if (entity.Row == ModelRow) await Index(entity.Partition, cancellationToken);
    }

    /// <summary>
    /// Registers a version, exactly once a run: a second call with the same run gives the version of the first, also where the first
    /// ended in an error that left open whether it was done.
    /// </summary>
    /// <exception cref="ActivityFailureException">The registry could not be written; a retry may help.</exception>
    public async Task<ModelVersion> Register(string model, string runId, ContentHash package, string reason, CancellationToken cancellationToken = default)
    {
        try
        {
            return Expect(await TryRegister(model, runId, package, reason, cancellationToken));
        }
        catch (Exception error) when (error is not (OperationCanceledException or ArgumentException or ActivityFailureException))
        {
            // The write may have been done although its acknowledgement was lost: the run's own row knows.
            var known = await Find<RunVersion>(model, RegistryBatch.RunRow(runId), cancellationToken);
            if (known is null) throw;
            return (await FindVersion(model, known.Version, cancellationToken))!;
        }
    }

    /// <summary>The version, or null when there is none.</summary>
    public Task<ModelVersion?> FindVersion(string model, int version, CancellationToken cancellationToken = default) =>
        Find<ModelVersion>(model, RegistryBatch.VersionRow(version), cancellationToken);

    /// <summary>All versions, oldest first.</summary>
    public async Task<IReadOnlyList<ModelVersion>> ListVersions(string model, CancellationToken cancellationToken = default) =>
        await List<ModelVersion>(new TableQuery(RegistryBatch.Table, model, "version-", "version."), cancellationToken);

    /// <summary>The alias, or null when there is none.</summary>
    public Task<ModelAlias?> FindAlias(string model, string alias, CancellationToken cancellationToken = default) =>
        Find<ModelAlias>(model, RegistryBatch.AliasRow(alias), cancellationToken);

    /// <summary>All aliases, by name.</summary>
    public async Task<IReadOnlyList<ModelAlias>> ListAliases(string model, CancellationToken cancellationToken = default) =>
        await List<ModelAlias>(new TableQuery(RegistryBatch.Table, model, "alias-", "alias."), cancellationToken);

    /// <summary>Makes a version the champion; the champion before becomes <c>previous</c>. Promoting the champion changes nothing.</summary>
    public Task<Outcome<ModelAlias>> Promote(string model, int version, string actor, string reason, CancellationToken cancellationToken = default) =>
        Mutate<ModelAlias>(model, async batch =>
        {
            if (await batch.Find<ModelVersion>(RegistryBatch.VersionRow(version), cancellationToken) is not { } promoted) return NoVersion(model, version);
            var champion = await batch.Find<ModelAlias>(RegistryBatch.AliasRow(Champion), cancellationToken);
            if (champion?.Version == version) return champion;
            var previous = await batch.Find<ModelAlias>(RegistryBatch.AliasRow(Previous), cancellationToken);
            if (champion is not null)
            {
                await Retire(batch, champion.Version, $"Version {version} took its place.", cancellationToken);
                batch.Set(RegistryBatch.AliasRow(Previous), new ModelAlias(model, Previous, champion.Version, batch.Now));
            }
            await ClearChallenger(batch, version, cancellationToken);
            batch.Set(RegistryBatch.VersionRow(version), promoted with { State = VersionState.Champion, Reason = reason });
            return Enthrone(batch, model, version, "version-promoted", actor, reason);
        }, cancellationToken);

    /// <summary>Makes the champion before the champion again. A problem when there is none.</summary>
    public Task<Outcome<ModelAlias>> Rollback(string model, string actor, string reason, CancellationToken cancellationToken = default) =>
        Mutate<ModelAlias>(model, async batch =>
        {
            var champion = await batch.Find<ModelAlias>(RegistryBatch.AliasRow(Champion), cancellationToken);
            var previous = await batch.Find<ModelAlias>(RegistryBatch.AliasRow(Previous), cancellationToken);
            if (champion is null || previous is null)
                return Problem.Conflict("no-previous-version", $"Model '{model}' has no version to go back to. Promote a version by its number instead.");
            var restored = (await batch.Find<ModelVersion>(RegistryBatch.VersionRow(previous.Version), cancellationToken))!;
            await Retire(batch, champion.Version, $"Rolled back: {reason}", cancellationToken);
            await ClearChallenger(batch, previous.Version, cancellationToken);
            batch.Set(RegistryBatch.VersionRow(restored.Version), restored with { State = VersionState.Champion, Reason = $"Restored: {reason}" });
            // A second rollback would bring back what the first one took away.
            batch.Remove(RegistryBatch.AliasRow(Previous));
            return Enthrone(batch, model, restored.Version, "rolled-back", actor, reason);
        }, cancellationToken);

    /// <summary>Puts a version into its rollout: alias <c>challenger</c>. A challenger before it keeps its state until its own rollout ends it.</summary>
    public Task<Outcome<ModelAlias>> StartChallenge(string model, int version, string reason, CancellationToken cancellationToken = default) =>
        Mutate<ModelAlias>(model, async batch =>
        {
            if (await batch.Find<ModelVersion>(RegistryBatch.VersionRow(version), cancellationToken) is not { } challenger) return NoVersion(model, version);
            if (challenger.State == VersionState.Champion)
                return Problem.Conflict("already-champion", $"Version {version} of model '{model}' is the champion; it cannot challenge itself.");
            var alias = await batch.Find<ModelAlias>(RegistryBatch.AliasRow(Challenger), cancellationToken);
            if (alias?.Version == version && challenger.State == VersionState.Challenger) return alias;
            alias = new ModelAlias(model, Challenger, version, batch.Now);
            batch.Set(RegistryBatch.AliasRow(Challenger), alias);
            batch.Set(RegistryBatch.VersionRow(version), challenger with { State = VersionState.Challenger, Reason = reason });
            batch.Audit("challenge-started", "rollout", reason, version, challenger.Run);
            return alias;
        }, cancellationToken);

    /// <summary>Ends a version's rollout without promoting it. A version that has become champion meanwhile stays champion.</summary>
    public Task<Outcome<ModelVersion>> EndChallenge(string model, int version, VersionState newState, string reason, CancellationToken cancellationToken = default) =>
        Mutate<ModelVersion>(model, async batch =>
        {
            if (newState is VersionState.Champion or VersionState.Challenger)
                throw new ArgumentException("A challenge ends in another state; a champion is made by Promote.", nameof(newState));
            if (await batch.Find<ModelVersion>(RegistryBatch.VersionRow(version), cancellationToken) is not { } challenger) return NoVersion(model, version);
            if (challenger.State == VersionState.Champion || challenger.State == newState) return challenger;
            await ClearChallenger(batch, version, cancellationToken);
            challenger = challenger with { State = newState, Reason = reason };
            batch.Set(RegistryBatch.VersionRow(version), challenger);
            batch.Audit(newState == VersionState.Rejected ? "version-rejected" : "challenge-ended", "rollout", reason, version, challenger.Run);
            return challenger;
        }, cancellationToken);

    /// <summary>Appends an audit entry that changes nothing else. The same words directly after themselves are one entry, so that a repeated step leaves no echo;
    /// <paramref name="oncePerRun"/> says that of the kind and the run, whatever came in between.</summary>
    public Task<Outcome<AuditEntry>> Record(
        string model, string kind, string actor, string reason, int? version = null, string? run = null, bool oncePerRun = false,
        CancellationToken cancellationToken = default) =>
        Mutate<AuditEntry>(model, async batch =>
        {
            if (await batch.Find<ModelRecord>(ModelRow, cancellationToken) is null) return NoModel(model);
            if (oncePerRun && await batch.Find<AuditEntry>(RegistryBatch.OnceRow(kind, run!), cancellationToken) is { } made) return made;
            var last = batch.Head.Sequence == 0 ? null : await batch.Find<AuditEntry>(RegistryBatch.AuditRow(batch.Head.Sequence), cancellationToken);
            if (last is not null && (last.Kind, last.Actor, last.Reason, last.Version, last.Run) == (kind, actor, reason, version, run)) return last;
            var entry = batch.Audit(kind, actor, reason, version, run);
            if (oncePerRun) batch.Set(RegistryBatch.OnceRow(kind, run!), entry);
            return entry;
        }, cancellationToken);

    /// <summary>Entries of the chain after a sequence number, oldest first.</summary>
    public async Task<IReadOnlyList<AuditEntry>> Audit(string model, int afterSequence = 0, int take = 100, CancellationToken cancellationToken = default)
    {
        var query = new TableQuery(RegistryBatch.Table, model, RegistryBatch.AuditRow(afterSequence + 1), "audit.", Math.Clamp(take, 1, TableLimits.PageEntities));
        var entries = new List<AuditEntry>();
        await foreach (var entity in Range(query, cancellationToken))
        {
            if (entries.Count == take) break;
            entries.Add(RegistryBatch.Read<AuditEntry>(entity));
        }
        return entries;
    }

    /// <summary>Computes the whole chain again and compares it with what is stored, its head included.</summary>
    public async Task<AuditVerification> VerifyAudit(string model, CancellationToken cancellationToken = default)
    {
        // Head first: an entry that arrives while the chain is read is beyond it and may be left out.
        var head = await Find<AuditHead>(model, RegistryBatch.HeadRow, cancellationToken) ?? new AuditHead(0, "");
        var entries = (await Audit(model, 0, int.MaxValue, cancellationToken)).Where(e => e.Sequence <= head.Sequence).ToList();
        var found = AuditChain.FindBreak(entries);
        if (found is null && (entries.Count != head.Sequence || (entries.Count > 0 && entries[^1].Hash != head.Hash)))
            found = $"The chain ends at entry {entries.Count}, its head says {head.Sequence}.";
        return new AuditVerification(entries.Count, found is null, found);
    }

    private Task<Outcome<ModelVersion>> TryRegister(string model, string runId, ContentHash package, string reason, CancellationToken cancellationToken) =>
        Mutate<ModelVersion>(model, async batch =>
        {
            if (await batch.Find<RunVersion>(RegistryBatch.RunRow(runId), cancellationToken) is { } known)
                return (await batch.Find<ModelVersion>(RegistryBatch.VersionRow(known.Version), cancellationToken))!;
            var number = ((await batch.Find<VersionCounter>(CounterRow, cancellationToken))?.Last ?? 0) + 1;
            var version = new ModelVersion(model, number, runId, package, batch.Now, VersionState.Registered, reason);
            await batch.Find<ModelVersion>(RegistryBatch.VersionRow(number), cancellationToken);
            batch.Set(CounterRow, new VersionCounter(number));
            batch.Set(RegistryBatch.VersionRow(number), version);
            batch.Set(RegistryBatch.RunRow(runId), new RunVersion(number));
            batch.Audit("version-registered", "pipeline", reason, number, runId);
            return version;
        }, cancellationToken);

    private static ModelAlias Enthrone(RegistryBatch batch, string model, int version, string kind, string actor, string reason)
    {
        var alias = new ModelAlias(model, Champion, version, batch.Now);
        batch.Set(RegistryBatch.AliasRow(Champion), alias);
        batch.Audit(kind, actor, reason, version);
        return alias;
    }

    private static async Task Retire(RegistryBatch batch, int version, string reason, CancellationToken cancellationToken)
    {
        var row = RegistryBatch.VersionRow(version);
        if (await batch.Find<ModelVersion>(row, cancellationToken) is { } retired) batch.Set(row, retired with { State = VersionState.Retired, Reason = reason });
    }

    private static async Task ClearChallenger(RegistryBatch batch, int version, CancellationToken cancellationToken)
    {
        var row = RegistryBatch.AliasRow(Challenger);
        if (await batch.Find<ModelAlias>(row, cancellationToken) is { } challenger && challenger.Version == version) batch.Remove(row);
    }

    private async Task<Outcome<T>> Mutate<T>(string model, Func<RegistryBatch, Task<Outcome<T>>> change, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var batch = await RegistryBatch.Begin(tables, model, clock.GetUtcNow(), cancellationToken);
            var result = await change(batch);
            if (!result.Succeeded || batch.IsEmpty || await batch.Commit(cancellationToken)) return result;
        }
        return new Problem(ProblemKind.Unavailable, "registry-busy", $"Model '{model}' is being changed by too many at once. Try again.");
    }

    private async Task Index(string name, CancellationToken cancellationToken) =>
        await tables.Write(IndexTable, IndexPartition, [TableOperation.Upsert(name, new Dictionary<string, string>())], cancellationToken);

    private async Task<T?> Find<T>(string model, string row, CancellationToken cancellationToken)
        where T : class =>
        await tables.Get(RegistryBatch.Table, model, row, cancellationToken) is { } entity ? RegistryBatch.Read<T>(entity) : null;

    private async Task<List<T>> List<T>(TableQuery query, CancellationToken cancellationToken)
    {
        var values = new List<T>();
        await foreach (var entity in Range(query, cancellationToken)) values.Add(RegistryBatch.Read<T>(entity));
        return values;
    }

    private async IAsyncEnumerable<TableEntity> Range(TableQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        TablePage page;
        do
        {
            page = await tables.Query(query, cancellationToken);
            foreach (var entity in page.Entities) yield return entity;
            query = query with { Continuation = page.Continuation };
        }
        while (page.Continuation is not null);
    }

    private static T Expect<T>(Outcome<T> outcome) =>
        outcome.Succeeded ? outcome.Value : throw new ActivityFailureException(new Failure(outcome.Problem.Code, outcome.Problem.Detail, Retryable: true));

    private static Problem NoModel(string model) => Problem.NotFound("model-unknown", $"There is no model '{model}'.");

    private static Problem NoVersion(string model, int version) => Problem.NotFound("version-unknown", $"Model '{model}' has no version {version}.");
}
