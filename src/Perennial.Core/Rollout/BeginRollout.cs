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
        foreach (var older in await services.Journal.List(key.Model, cancellationToken))
            if (older.State.Record.Status == RolloutStatus.Shadow) await Supersede(older, key.Version, cancellationToken);

        var reason = $"Version {key.Version} scores the same rows as version {champion.Version}, unseen, until the evidence decides.";
        var started = await services.Registry.StartChallenge(key.Model, key.Version, reason, cancellationToken);
        if (!started.Succeeded) throw new ActivityFailureException(new Failure(started.Problem.Code, started.Problem.Detail, Retryable: false));
        var record = new RolloutRecord(
            LifecycleNames.RolloutId(key.Model, key.Version), key.Model, key.Version, champion.Version, RolloutStatus.Shadow,
            services.Clock.GetUtcNow(), null, 0, 0, 0, 1, 1, reason);
        await services.Journal.Add(new RolloutState(record, BettingTest.Start), cancellationToken);
        return Nothing.Value;
    }

    private async Task Supersede(StoredRollout older, int newer, CancellationToken cancellationToken)
    {
        var reason = $"Version {newer} is newer and took its place before it was decided.";
        await services.Registry.EndChallenge(older.State.Record.Model, older.State.Record.Challenger, VersionState.Rejected, reason, cancellationToken);
        var record = older.State.Record with { Status = RolloutStatus.Superseded, EndedAt = services.Clock.GetUtcNow(), Reason = reason };
        // A lost race means that the other rollout was judged at this moment: the step is retried and sees what came of it.
        if (!await services.Journal.Replace(older, older.State with { Record = record }, cancellationToken))
            throw new IOException($"Rollout {record.Id} changed while it was being superseded.");
    }
}
