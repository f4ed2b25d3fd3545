using Perennial.Core.Orchestration;
using Perennial.Core.Registry;
using Perennial.Learning.Statistics;

namespace Perennial.Core.Rollout;

/// <summary>Puts a version into shadow against the present champion, and ends an undecided rollout that an older version still has.</summary>
public sealed class BeginRollout(RolloutServices services) : IActivity<VersionKey, Nothing>
{
    /// <inheritdoc/>
    public async Task<Nothing> Run(VersionKey key, ActivityContext context, CancellationToken cancellationToken)
    {
        if (await services.Journal.Find(key.Model, key.Version, cancellationToken) is not null) return Nothing.Value;
        var champion = await services.Registry.FindAlias(key.Model, ModelRegistry.Champion, cancellationToken)
            ?? throw new ActivityFailureException(new Failure("no-champion", $"Model '{key.Model}' has no champion that version {key.Version} could challenge.", Retryable: false));
        if (champion.Version == key.Version) return await End(key, champion.Version, RolloutStatus.Promoted, "It became champion before its rollout began.", cancellationToken);
        var undecided = (await services.Journal.List(key.Model, cancellationToken)).Where(r => r.State.Record.Status == RolloutStatus.Shadow).ToArray();
        if (undecided.FirstOrDefault(r => r.State.Record.Challenger > key.Version) is { } newer)
        {
            var reason = $"Version {newer.State.Record.Challenger} is newer and has begun already.";
            await services.Registry.EndChallenge(key.Model, key.Version, VersionState.Rejected, reason, cancellationToken);
            return await End(key, champion.Version, RolloutStatus.Superseded, reason, cancellationToken);
        }
        foreach (var older in undecided) await Supersede(older, key.Version, cancellationToken);
        await Begin(key, champion.Version, cancellationToken);
        return Nothing.Value;
    }

    private async Task Begin(VersionKey key, int champion, CancellationToken cancellationToken)
    {
        var reason = $"Version {key.Version} scores the same rows as version {champion}, unseen, until the evidence decides.";
        var started = await services.Registry.StartChallenge(key.Model, key.Version, reason, cancellationToken);
        if (!started.Succeeded) throw new ActivityFailureException(new Failure(started.Problem.Code, started.Problem.Detail, Retryable: false));
        var evidence = await EvidenceSoFar(key, champion, cancellationToken);
        var record = Record(key, champion, RolloutStatus.Shadow, null, reason) with { EvaluationRows = (int)evidence.Rows };
        await services.Journal.Add(new RolloutState(record, evidence), cancellationToken);
    }

    // The gates compared both versions on test rows that neither was trained on: evidence as good as shadowed rows, and carried on. That
    // only challengers who did well there get this far makes wrong promotions rarer, never more frequent.
    private async Task<BettingState> EvidenceSoFar(VersionKey key, int champion, CancellationToken cancellationToken)
    {
        var version = await services.Registry.FindVersion(key.Model, key.Version, cancellationToken)
            ?? throw new ActivityFailureException(new Failure("version-unknown", $"Model '{key.Model}' has no version {key.Version}.", Retryable: false));
        var evaluation = (await services.Packages.Read(version.Package, cancellationToken)).Evaluation;
        return evaluation.Champion is { Evidence: { } evidence } compared && compared.Version == champion ? evidence : BettingTest.Start;
    }

    private async Task<Nothing> End(VersionKey key, int champion, RolloutStatus status, string reason, CancellationToken cancellationToken)
    {
        await services.Journal.Add(new RolloutState(Record(key, champion, status, services.Clock.GetUtcNow(), reason), BettingTest.Start), cancellationToken);
        return Nothing.Value;
    }

    private RolloutRecord Record(VersionKey key, int champion, RolloutStatus status, DateTimeOffset? endedAt, string reason) => new(
        LifecycleNames.RolloutId(key.Model, key.Version), key.Model, key.Version, champion, status, services.Clock.GetUtcNow(), endedAt, 0, 0, 0, 1, 1, reason);

    private async Task Supersede(StoredRollout older, int newer, CancellationToken cancellationToken)
    {
        // It may be promoted already: its own judge ends it, and then this step is tried again against the champion of that time.
        if (older.State.Decision is not null) throw new IOException($"Rollout {older.State.Record.Id} is decided, and the decision is being carried out.");
        var reason = $"Version {newer} is newer and took its place before it was decided.";
        await services.Registry.EndChallenge(older.State.Record.Model, older.State.Record.Challenger, VersionState.Rejected, reason, cancellationToken);
        var record = older.State.Record with { Status = RolloutStatus.Superseded, EndedAt = services.Clock.GetUtcNow(), Reason = reason };
        // A lost race means that the other rollout was judged at this moment: the step is retried and sees what came of it.
        if (!await services.Journal.Replace(older, older.State with { Record = record }, cancellationToken))
            throw new IOException($"Rollout {record.Id} changed while it was being superseded.");
    }
}
