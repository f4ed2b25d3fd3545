using Perennial.Core.Orchestration;
using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Decides a search's next batch from all results so far, in the order of their trials; ends the search where there is none. Repeating it decides the same.</summary>
public sealed class NextTrialsActivity(PipelineServices services) : IActivity<SearchRound, SearchRound>
{
    /// <inheritdoc/>
    public async Task<SearchRound> Run(SearchRound input, ActivityContext context, CancellationToken cancellationToken)
    {
        var state = input.State;
        if (!await IsWanted(state, context, cancellationToken)) return input with { Count = 0, Results = null };
        var trials = state.Trials is null ? [] : await StageInputs.Trials(services, state, cancellationToken);
        List<ContentHash> log = input.Log is { } before ? await services.Content.GetJson<List<ContentHash>>(before, cancellationToken) : [];
        log.AddRange(input.Results ?? []);
        var (search, recorded) = (await Make(state, cancellationToken), await Recorded(state, cancellationToken));
        if (state.Trials is null) await Begin(state, recorded?.Count ?? search.Total, cancellationToken);

        var since = input.Since ?? services.WallClock.GetUtcNow();
        var next = recorded is not null ? [.. recorded.Skip(trials.Count).Take(Search.MostAtOnce)]
            : await IsOver(input, state, cancellationToken) ? [] : search.Next(trials, await Results(log, cancellationToken));
        if (next.Count == 0) return input with { State = await SearchEnd.Choose(services, state, log, cancellationToken), Count = 0, Results = null };

        trials.AddRange(next);
        await services.Journal.Update(state.Run, record => RunJournal.WithStage(record, StageNames.Search.Value, s => s with { Total = recorded?.Count ?? search.Total ?? trials.Count }), cancellationToken);
        state = state with { Trials = await services.Content.PutJson(trials, cancellationToken), TrialCount = trials.Count };
        return new SearchRound(state, await services.Content.PutJson(log, cancellationToken), next[0].Index, next.Count, null, since);
    }

    private async Task<Search> Make(RunState state, CancellationToken cancellationToken)
    {
        var spec = await StageInputs.Spec(services, state, cancellationToken);
        var plan = await StageInputs.Plan(services, state, cancellationToken);
        var split = await StageInputs.Split(services, state, cancellationToken);
        return StageInputs.Expect(Search.Make(spec.Train, plan.Task, plan.Metric, split.By, split.Train.Length, services.Trainers));
    }

    /// <summary>The trials of the version that is made again: what a search with a budget of time came to depends on the machine.</summary>
    private async Task<List<TrialPlan>?> Recorded(RunState state, CancellationToken cancellationToken) =>
        state.Replay is { } list ? await services.Content.GetJson<List<TrialPlan>>(list, cancellationToken) : null;

    private async Task Begin(RunState state, int? total, CancellationToken cancellationToken)
    {
        await services.Journal.Begin(state.Run, StageNames.Search.Value, total ?? 0, cancellationToken);
        await services.Journal.Update(state.Run, (record, details) => (record, details with { Trials = [], Winner = null }), cancellationToken);
    }

    private async Task<List<TrialResult>> Results(List<ContentHash> log, CancellationToken cancellationToken)
    {
        var results = new List<TrialResult>();
        foreach (var hash in log) results.Add(await services.Content.GetJson<TrialResult>(hash, cancellationToken));
        return results;
    }

    /// <summary>Whether this attempt of the run still goes on: one that was terminated needs no further trials.</summary>
    private async Task<bool> IsWanted(RunState state, ActivityContext context, CancellationToken cancellationToken) =>
        await services.Journal.Find(state.Run, cancellationToken) is { Status: RunStatus.Running } record && LifecycleNames.SearchId(record.InstanceId) == context.InstanceId;

    /// <summary>Whether the time is over. Wall time, whatever time the models live in; the answer is in the history, so that a replay gives the same.</summary>
    private async Task<bool> IsOver(SearchRound input, RunState state, CancellationToken cancellationToken) =>
        input.Since is { } since && (await StageInputs.Spec(services, state, cancellationToken)).Train.Budget is { } budget && services.WallClock.GetUtcNow() - since >= budget;
}
