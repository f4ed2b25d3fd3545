using System.Globalization;
using Perennial.Core.Orchestration;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Core.Serving;

namespace Perennial.Core.Rollout;

/// <summary>
/// Counts pairs that are new and decides where the evidence is enough. Safe to repeat: evidence is saved with the ids behind it, and a
/// decision is saved before it is carried out.
/// </summary>
public sealed class JudgeRollout(RolloutServices services) : IActivity<VersionKey, Judgement>
{
    /// <inheritdoc/>
    public async Task<Judgement> Run(VersionKey key, ActivityContext context, CancellationToken cancellationToken)
    {
        var stored = await services.Journal.Find(key.Model, key.Version, cancellationToken)
            ?? throw new InvalidOperationException($"Rollout of version {key.Version} of '{key.Model}' was judged before it began.");
        if (stored.State.Record.Status != RolloutStatus.Shadow) return new Judgement(true, stored.State.Record.Reason);
        var state = stored.State;
        if (state.Decision is null)
        {
            state = await Overruled(state, cancellationToken) is { } overruled
                ? state with { Decision = overruled }
                : await CountAndDecide(state, cancellationToken);
            if (state == stored.State) return new Judgement(false, state.Record.Reason);
            stored = await Save(stored, state, cancellationToken);
        }
        if (state.Decision is not { } decision) return new Judgement(false, state.Record.Reason);
        await CarryOut(state.Record, decision, cancellationToken);
        var record = state.Record with { Status = decision.Status, EndedAt = services.Clock.GetUtcNow(), Reason = decision.Reason };
        await Save(stored, state with { Record = record }, cancellationToken);
        return new Judgement(true, decision.Reason);
    }

    private async Task<StoredRollout> Save(StoredRollout before, RolloutState state, CancellationToken cancellationToken)
    {
        if (!await services.Journal.Replace(before, state, cancellationToken))
            throw new IOException($"Rollout {state.Record.Id} changed while it was judged.");
        return (await services.Journal.Find(state.Record.Model, state.Record.Challenger, cancellationToken))!;
    }

    // A person who promotes or rolls back while a rollout is undecided has decided it.
    private async Task<RolloutDecision?> Overruled(RolloutState state, CancellationToken cancellationToken)
    {
        var record = state.Record;
        var champion = await services.Registry.FindAlias(record.Model, ModelRegistry.Champion, cancellationToken);
        if (champion?.Version == record.Challenger) return new RolloutDecision(RolloutStatus.Promoted, "It was promoted by hand before the evidence decided.");
        if (champion?.Version != record.Champion)
            return new RolloutDecision(RolloutStatus.Superseded, $"The champion it was compared with, version {record.Champion}, was replaced by version {champion?.Version} by hand.");
        var challenger = await services.Registry.FindAlias(record.Model, ModelRegistry.Challenger, cancellationToken);
        return challenger?.Version == record.Challenger ? null : new RolloutDecision(RolloutStatus.Superseded, "It is no longer the challenger.");
    }

    private async Task<RolloutState> CountAndDecide(RolloutState state, CancellationToken cancellationToken)
    {
        var record = state.Record;
        var spec = (await services.Specs.Find(record.Model, cancellationToken)).Value.Rollout;
        var now = services.Clock.GetUtcNow();
        var rows = await services.Traffic.Window(record.Model, record.StartedAt, now - spec.Maturation + TimeSpan.FromTicks(1), cancellationToken);
        // A row that the challenger could not score counts, against it: leaving such rows out would promote a version that refuses them.
        var pairs = rows.Where(r => r.Version == record.Champion && r.Shadow?.Version == record.Challenger).ToArray();
        var labelled = pairs.Where(p => p.FirstLabel is not null).ToArray();
        var counted = await services.Journal.Counted(state, cancellationToken);
        var fresh = labelled.Where(p => !counted.Contains(p.Id)).Take(Math.Max(0, spec.MaxRows - counted.Count)).ToArray();
        if (fresh.Length > 0) state = await Count(state, fresh, counted, cancellationToken);
        state = state with { Record = Describe(state, pairs.Length - labelled.Length) };
        return state with { Decision = Decide(state, spec, pairs.Length, labelled.Length, now) };
    }

    private async Task<RolloutState> Count(RolloutState state, JoinedPrediction[] fresh, HashSet<string> counted, CancellationToken cancellationToken)
    {
        var champion = await Package(state.Record.Model, state.Record.Champion, cancellationToken);
        var challenger = await Package(state.Record.Model, state.Record.Challenger, cancellationToken);
        var scale = RowLoss.ScaleFrom(champion.Baseline);
        var differences = fresh.Select(p =>
            RowLoss.Of(champion.Signature, p.ScoresOf(state.Record.Champion)!, p.FirstLabel!, scale)
            - (p.ScoresOf(state.Record.Challenger) is { } scores ? RowLoss.Of(challenger.Signature, scores, p.FirstLabel!, scale) : 1)).ToArray();
        counted.UnionWith(fresh.Select(p => p.Id));
        var ids = await services.Content.PutJson(counted.Order(StringComparer.Ordinal).ToArray(), cancellationToken);
        return state with { Evidence = state.Evidence.Update(differences), Counted = ids };
    }

    private async Task<ModelPackage> Package(string model, int version, CancellationToken cancellationToken)
    {
        var found = await services.Registry.FindVersion(model, version, cancellationToken)
            ?? throw new InvalidOperationException($"Version {version} of '{model}' is in a rollout but not in the registry.");
        return await services.Packages.Read(found.Package, cancellationToken);
    }

    private static RolloutRecord Describe(RolloutState state, int unlabelled) => state.Record with
    {
        Pairs = PairsOf(state),
        Unlabelled = unlabelled,
        MeanDifference = state.Evidence.Mean,
        EvidenceFor = Capped(state.Evidence.LogEvidenceThatPositive),
        EvidenceAgainst = Capped(state.Evidence.LogEvidenceThatNegative),
        Reason = $"Undecided after {Rows(state)}: {Figures(state)}.",
    };

    private static RolloutDecision? Decide(RolloutState state, RolloutSpec spec, int pairs, int labelled, DateTimeOffset now)
    {
        // Alpha bounds each of the two errors by itself, as the spec says: a wrong promotion is not the same harm as a wrong rejection.
        var needed = Math.Log(1 / spec.Alpha);
        var settled = labelled >= spec.MinLabelled * pairs;
        var enough = settled && PairsOf(state) >= spec.MinRows;
        if (enough && state.Evidence.LogEvidenceThatPositive >= needed)
            return new RolloutDecision(RolloutStatus.Promoted, $"Better than version {state.Record.Champion} on {Rows(state)}: {Figures(state)}.");
        if (enough && state.Evidence.LogEvidenceThatNegative >= needed)
            return new RolloutDecision(RolloutStatus.Rejected, $"Worse than version {state.Record.Champion} on {Rows(state)}: {Figures(state)}.");
        if (settled && PairsOf(state) >= spec.MaxRows)
            return new RolloutDecision(RolloutStatus.Rejected, $"No evidence that it is better than version {state.Record.Champion} after {Rows(state)}: {Figures(state)}.");
        return now - state.Record.StartedAt >= spec.MaxDuration
            ? new RolloutDecision(RolloutStatus.Rejected, $"No evidence that it is better than version {state.Record.Champion} within {Duration.Format(spec.MaxDuration)}, on {Rows(state)}: {Figures(state)}.")
            : null;
    }

    private async Task CarryOut(RolloutRecord record, RolloutDecision decision, CancellationToken cancellationToken)
    {
        if (decision.Status == RolloutStatus.Promoted)
        {
            var promoted = await services.Registry.Promote(record.Model, record.Challenger, "rollout", decision.Reason, cancellationToken);
            if (!promoted.Succeeded) throw new ActivityFailureException(new Failure(promoted.Problem.Code, promoted.Problem.Detail, promoted.Problem.Kind == Outcomes.ProblemKind.Unavailable));
        }
        else await services.Registry.EndChallenge(record.Model, record.Challenger, VersionState.Rejected, decision.Reason, cancellationToken);
    }

    private static int PairsOf(RolloutState state) => (int)state.Evidence.Rows - state.Record.EvaluationRows;

    private static string Rows(RolloutState state) =>
        $"{PairsOf(state)} shadowed rows" + (state.Record.EvaluationRows > 0 ? $" and {state.Record.EvaluationRows} test rows" : "");

    private static string Figures(RolloutState state) => string.Create(CultureInfo.InvariantCulture,
        $"mean loss lower by {state.Evidence.Mean:+0.0000;-0.0000;0.0000}, evidence {Capped(state.Evidence.LogEvidenceThatPositive):0.##} for and {Capped(state.Evidence.LogEvidenceThatNegative):0.##} against");

    // JSON has no infinity that every reader takes; a million million to one is enough.
    private static double Capped(double logEvidence) => Math.Min(Math.Exp(logEvidence), 1e12);
}
