using System.Globalization;
using System.Text.Json;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Training;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Reading;
using Perennial.Learning.Splitting;

namespace Perennial.Learning.Bench.Parts;

/// <summary>A search on UCI Abalone in each of five folds beside scikit-learn's histogram boosting on the same folds.</summary>
internal sealed class AbalonePart : IBenchPart
{
    private const int Threads = 2;
    private static readonly int[] Seeds = [1];
    private static readonly string Python = Environment.GetEnvironmentVariable("PERENNIAL_BENCH_PYTHON") ?? "/usr/bin/python3";

    public string Name => "abalone";

    public string Title => "Search of 20 trials: UCI Abalone, five folds";

    public void Run(Section section, string scratch)
    {
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_DATA") is not { Length: > 0 } data)
        {
            section.Say("Left out: PERENNIAL_BENCH_DATA, the folder of abalone.csv, is not set.");
            return;
        }
        section.Say($"Each run is a process of its own with {Threads} threads. In each of the five folds a search of 20 trials sees the other four alone: ours with `split.folds: 3` inside them, the peer with "
            + "20 points and 3-fold cross-validation inside them as well: its defaults and 19 random points of rate, leaves, rows a leaf and L2 (sampling of columns and of rows it lacks); both fit the winner "
            + "again on all four. The RMSE is the mean over the five folds. \"Its defaults\" are fitted outside the clock.");
        section.Table("fold seed", "ours: RMSE", "seconds", "user seconds", "scikit-learn: RMSE", "its defaults", "seconds", "user seconds", "ours over peer's RMSE", "times as fast");
        foreach (var seed in Seeds)
        {
            var text = seed.ToString(CultureInfo.InvariantCulture);
            var folds = Path.Combine(scratch, $"folds-{text}.json");
            var ours = Measurement.OfChild(this, data, text, folds);
            var peer = Peer.Of<PeerResult>(Python, "sklearn_folds.py", data, text, folds, $"{Threads}");
            string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
            section.Row(text, Text($"{ours.Score:0.0000}"), Text($"{ours.Seconds:0.0}"), Text($"{ours.UserSeconds:0.0}"), Text($"{peer.Rmse:0.0000}"), Text($"{peer.Defaults:0.0000}"),
                Text($"{peer.Seconds:0.0}"), Text($"{peer.UserSeconds:0.0}"), Text($"{ours.Score / peer.Rmse:0.0000}"), Text($"{peer.Seconds / ours.Seconds:0.0}"));
        }
    }

    public string Child(string[] arguments)
    {
        var (data, seed, file) = (arguments[0], ulong.Parse(arguments[1], CultureInfo.InvariantCulture), arguments[2]);
        using var stream = File.OpenRead(Path.Combine(data, "abalone.csv"));
        var frame = CsvReader.Read(stream, new ReadOptions()).Frame;
        var folds = CrossValidation.KFold(frame.RowCount, 5, seed);
        File.WriteAllText(file, JsonSerializer.Serialize(folds.Select(fold => fold.Validation)));
        return Measurement.Take(() => folds.Select(fold => Rmse(frame, fold, seed)).ToArray(), values => values.Average()).ToJson();
    }

    private static double Rmse(Frame frame, Fold fold, ulong seed)
    {
        var spec = new ModelSpec { Model = "abalone", Label = "rings", Split = new SplitSpec { Folds = 3 }, Train = new TrainSpec { Trials = 20, Seed = seed } };
        var plan = new TrainingPlan(TaskKind.Regression, "rings", [], "rmse", null, [.. frame.Columns.Select(c => c.Name).Where(c => c != "rings")], []);
        var train = frame.Take(fold.Train);
        var model = TrialRun.Fit(train, spec, plan, TrialRun.Seventh(train, plan, seed), Threads);
        var test = TrialRun.Labelled(frame.Take(fold.Validation), plan);
        return ModelMetrics.Compute(plan.Task, test.Labels, TrialRun.Score(model, test.Rows), test.Weights)["rmse"];
    }

    /// <summary>What the peer printed.</summary>
    private sealed record PeerResult(double Seconds, double UserSeconds, double Rmse, double Defaults);
}
