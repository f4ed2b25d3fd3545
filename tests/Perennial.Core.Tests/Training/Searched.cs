using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Ports;
using Perennial.Core.Training;
using Perennial.Learning;

namespace Perennial.Core.Tests.Training;

/// <summary>A search run to its end over a made-up value of each trial; higher is better.</summary>
internal static class Searched
{
    public static (List<TrialPlan> Trials, List<int> Batches, List<TrialResult> Results) All(
        TrainSpec train, IReadOnlyList<ITrainer> trainers, Func<TrialPlan, double?> value, int rows = 100_000)
    {
        var search = Search.Make(train, TaskKind.Binary, "rocAuc", SplitKind.Random, rows, trainers).Value;
        var (trials, batches, results) = (new List<TrialPlan>(), new List<int>(), new List<TrialResult>());
        while (search.Next(trials, results) is { Count: > 0 } batch)
        {
            trials.AddRange(batch);
            batches.Add(batch.Count);
            results.AddRange(batch.Select(trial => new TrialResult(trial.Index == 0 ? 0 : value(trial), null, new Dictionary<string, double>(), 0)));
        }
        return (trials, batches, results);
    }
}
