using System.Globalization;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Training;
using Perennial.Learning.Frames;
using Perennial.Learning.Metrics;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Bench.Parts;

/// <summary>A search of 20 trials on UCI Adult beside 20 trials of scikit-learn's histogram boosting over the same space.</summary>
internal sealed class AdultPart : IBenchPart
{
    private const int Threads = 2;
    private static readonly int[] Seeds = [1, 2, 3];
    private static readonly string Python = Environment.GetEnvironmentVariable("PERENNIAL_BENCH_PYTHON") ?? "/usr/bin/python3";

    public string Name => "adult";

    public string Title => "Search of 20 trials: UCI Adult, train file to test file";

    public void Run(Section section, string scratch)
    {
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_DATA") is not { Length: > 0 } data)
        {
            section.Say("Left out: PERENNIAL_BENCH_DATA, the folder of adult-train.csv and adult-test.csv, is not set.");
            return;
        }
        section.Say($"Each run is a process of its own with {Threads} threads; files are read before the clock starts. Ours is the default search (`train.trials: 20`) with the winner fitted "
            + "again on all training rows. The peer tries 20 random points of the dimensions of that space which it has (rate, leaves, rows a leaf, L2; sampling of columns and of rows it lacks), up to 400 rounds with early "
            + "stopping on its own 15 % of the training rows, native categories. \"Chosen\" is its best trial by that validation score, as it is and fitted again on all training rows with the rounds found, "
            + "whichever is better; \"best\" is the trial that happens to be best on the test file, which nobody could have known.");
        section.Table("seed", "ours: test AUC", "seconds", "user seconds", "scikit-learn: chosen", "best", "seconds", "user seconds", "ours less chosen", "ours less best", "times as fast");
        foreach (var seed in Seeds)
        {
            var text = seed.ToString(CultureInfo.InvariantCulture);
            var ours = Measurement.OfChild(this, data, text);
            var peer = Peer.Of<PeerResult>(Python, "sklearn_search.py", data, text, $"{Threads}");
            string Text(FormattableString value) => value.ToString(CultureInfo.InvariantCulture);
            section.Row(text, Text($"{ours.Score:0.00000}"), Text($"{ours.Seconds:0.0}"), Text($"{ours.UserSeconds:0.0}"),
                Text($"{peer.Chosen:0.00000}"), Text($"{peer.Best:0.00000}"), Text($"{peer.Seconds:0.0}"), Text($"{peer.UserSeconds:0.0}"),
                Text($"{ours.Score - peer.Chosen:+0.00000;-0.00000}"), Text($"{ours.Score - peer.Best:+0.00000;-0.00000}"), Text($"{peer.Seconds / ours.Seconds:0.0}"));
        }
    }

    public string Child(string[] arguments)
    {
        var (data, seed) = (arguments[0], ulong.Parse(arguments[1], CultureInfo.InvariantCulture));
        var train = Read(Path.Combine(data, "adult-train.csv"));
        var test = Read(Path.Combine(data, "adult-test.csv"));
        var spec = new ModelSpec { Model = "adult", Label = "income", Train = new TrainSpec { Trials = 20, Seed = seed, Metric = "rocAuc" } };
        var plan = new TrainingPlan(TaskKind.Binary, "income", ["<=50K", ">50K"], "rocAuc", null, [.. train.Columns.Select(c => c.Name).Where(c => c != "income")], []);
        var labelled = TrialRun.Labelled(test, plan);
        return Measurement.Take(
            () => TrialRun.Fit(train, spec, plan, TrialRun.Seventh(train, plan, seed), Threads),
            model => ModelMetrics.Compute(plan.Task, labelled.Labels, TrialRun.Score(model, labelled.Rows), labelled.Weights)["rocAuc"]).ToJson();
    }

    private static Frame Read(string file)
    {
        using var stream = File.OpenRead(file);
        return CsvReader.Read(stream, new ReadOptions { MissingTokens = new HashSet<string>(StringComparer.Ordinal) { "", "?" } }).Frame;
    }

    /// <summary>What the peer printed.</summary>
    private sealed record PeerResult(double Seconds, double UserSeconds, double Chosen, double Best);
}
