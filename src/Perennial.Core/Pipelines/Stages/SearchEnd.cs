using System.Globalization;
using Perennial.Core.Ports;
using Perennial.Core.Training;

namespace Perennial.Core.Pipelines.Stages;

/// <summary>Ends a search: the winner is chosen on the validation rows.</summary>
internal static class SearchEnd
{
    /// <summary>Chooses the winner among all trials.</summary>
    public static async Task<RunState> Choose(PipelineServices services, RunState state, IReadOnlyList<ContentHash> hashes, CancellationToken cancellationToken)
    {
        var plan = await StageInputs.Plan(services, state, cancellationToken);
        var trials = await StageInputs.Trials(services, state, cancellationToken);
        var results = new List<TrialResult>();
        foreach (var hash in hashes) results.Add(await services.Content.GetJson<TrialResult>(hash, cancellationToken));
        var winner = Search.Winner(plan.Metric, trials, [.. results.Select(r => r.Value)])
            ?? throw StageInputs.Failed("no-trial-succeeded", $"No trainer could train on these rows: {results.Select(r => r.Note).FirstOrDefault(n => n is not null)}");
        await services.Journal.Update(state.Run, (record, details) => (record, details with { Winner = winner }), cancellationToken);
        await services.Journal.Done(state.Run, StageNames.Search.Value, Summary(plan, trials, results, winner), cached: false, cancellationToken);
        return state with { Results = await services.Content.PutJson(results, cancellationToken), Winner = winner };
    }

    private static string Summary(TrainingPlan plan, List<TrialPlan> trials, List<TrialResult> results, int winner)
    {
        var rows = results[winner].Folds is { } folds ? $"the mean of {folds.Count} folds" : "validation rows";
        var rungs = trials.Max(trial => trial.Rung) is { } top ? $" on {top + 1} rungs" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{trials.Count} trials{rungs}; best is {winner}, {trials[winner].Trainer}, with {plan.Metric} {results[winner].Value:0.####} on {rows}");
    }
}
