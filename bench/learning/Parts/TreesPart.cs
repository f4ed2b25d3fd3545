using System.Globalization;
using Perennial.Learning.Models;
using Perennial.Learning.Trees;

namespace Perennial.Learning.Bench.Parts;

/// <summary>Boosted trees beside XGBoost: 100 trees of 31 leaves at the rate 0.1, from float32 features in memory to the model.</summary>
internal sealed class TreesPart : IBenchPart
{
    private const int Rounds = 3;
    private const int Threads = 2;

    private static readonly string Python = Environment.GetEnvironmentVariable("PERENNIAL_BENCH_PYTHON") ?? "/usr/bin/python3";

    public string Name => "trees";

    public string Title => "Boosted trees: 100 trees of 31 leaves, rate 0.1";

    public void Run(Section section, string scratch)
    {
        section.Say($"Each run is a process of its own with {Threads} threads; contenders take turns, {Rounds} rounds, and the best of each is shown; ours after 20 rounds of training to compile it. "
            + "User seconds are processor time of all threads. XGBoost: `hist`, `lossguide`, its defaults otherwise. The AUC is that of rows which were not trained on.");
        section.Table("task", "contender", "seconds", "user seconds", "peak MB", "AUC", "XGBoost's seconds over it", "user seconds over it");
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_FLIGHTS") is { Length: > 0 } csv)
        {
            var folder = Path.Combine(scratch, "flights");
            var features = BinaryTask.WriteFlights(csv, folder);
            Measure(section, "flights-3m, 1,978,941 x 5", folder, features, ["numeric", "categorical", "numeric, collapsed", "categorical, collapsed"]);
        }
        else section.Say("flights-3m was left out: PERENNIAL_BENCH_FLIGHTS is not set.");
        var normal = Path.Combine(scratch, "normal");
        Measure(section, "random normal, 160,000 x 50", normal, BinaryTask.WriteNormal(160_000, 40_000, 50, normal), ["numeric"]);
    }

    public string Child(string[] arguments)
    {
        var (folder, features, variant) = (arguments[0], int.Parse(arguments[1], CultureInfo.InvariantCulture), arguments[2]);
        var task = BinaryTask.Read(folder, "train", features);
        var targets = task.Targets;
        var threads = arguments.Length > 3 ? int.Parse(arguments[3], CultureInfo.InvariantCulture) : Threads;
        var options = new BoostedTreesOptions { EarlyStoppingRounds = 0, Threads = threads, Collapse = variant.EndsWith("collapsed", StringComparison.Ordinal) };
        int[] levelCodes = variant.StartsWith("categorical", StringComparison.Ordinal) ? [0, 0, 0, LevelCodes(task, 3), LevelCodes(task, 4)] : new int[features];
        // Once before, so that compilation is not measured: the peer has none.
        BoostedTreesTrainer.Train(task.Features, targets, levelCodes, null, options with { Rounds = 20 }, default);
        return Measurement.Take(() => BoostedTreesTrainer.Train(task.Features, targets, levelCodes, null, options, default),
            result => Auc(result.Predictor, BinaryTask.Read(folder, "test", features))).ToJson();
    }

    // The codes are 0 to the highest; a fitted column of levels has two more, for other levels and missing ones.
    private static int LevelCodes(BinaryTask task, int feature)
    {
        var highest = 0;
        foreach (var code in task.Features.Column(feature)) highest = Math.Max(highest, (int)code);
        return highest + 3;
    }

    private static double Auc(TreeEnsemblePredictor predictor, BinaryTask test)
    {
        var scores = new float[test.Labels.Length];
        Parallel.For(0, scores.Length, row =>
        {
            var features = new float[test.Features.FeatureCount];
            test.Features.CopyRow(row, features);
            ReferenceScorer.Margins(predictor, features, scores.AsSpan(row, 1));
        });
        return BinaryTask.Auc(scores, test.Labels);
    }

    private void Measure(Section section, string task, string folder, int features, string[] variants)
    {
        var width = features.ToString(CultureInfo.InvariantCulture);
        var peer = new List<Measurement>();
        var ours = variants.ToDictionary(variant => variant, _ => new List<Measurement>());
        for (var round = 0; round < Rounds; round++)
        {
            section.Progress($"{task}: round {round + 1} of {Rounds}");
            peer.Add(Measurement.Of(Python, Path.Combine(AppContext.BaseDirectory, "Peers", "xgboost_trees.py"), folder, width, $"{Threads}"));
            foreach (var variant in variants) ours[variant].Add(Measurement.OfChild(this, folder, width, variant));
        }
        Row(section, task, "XGBoost", peer, peer);
        foreach (var variant in variants) Row(section, task, $"Perennial, {variant}", ours[variant], peer);
    }

    private static void Row(Section section, string task, string contender, List<Measurement> runs, List<Measurement> peer)
    {
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var (seconds, user) = (runs.Min(run => run.Seconds), runs.Min(run => run.UserSeconds));
        section.Row(task, contender, Text($"{seconds:0.00}"), Text($"{user:0.00}"), Text($"{runs.Max(run => run.PeakMegabytes):0}"), Text($"{runs[0].Score:0.0000}"),
            Text($"{peer.Min(run => run.Seconds) / seconds:0.00}"), Text($"{peer.Min(run => run.UserSeconds) / user:0.00}"));
    }
}
