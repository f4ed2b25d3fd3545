using System.Diagnostics;
using System.Globalization;
using Perennial.Learning.Explanations;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;

namespace Perennial.Learning.Bench.Parts;

/// <summary>The managed scorer beside ONNX Runtime, on the flights model of 100 trees of 31 leaves.</summary>
internal sealed class ScorePart : IBenchPart
{
    private const int BatchRows = 10_000, Rounds = 3;

    public string Name => "score";

    public string Title => "Scoring: flights model, 100 trees of 31 leaves";

    public void Run(Section section, string scratch)
    {
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_FLIGHTS") is not { Length: > 0 } csv)
        {
            section.Say("Left out: PERENNIAL_BENCH_FLIGHTS is not set.");
            return;
        }
        section.Progress("training");
        var flights = FlightsModel.Train(csv, scratch);
        Rows(section, flights);
        Batches(section, flights, scratch);
        Load(section, flights, scratch);
        Explain(section, flights);
    }

    public string Child(string[] arguments) => throw new NotSupportedException("This part has no processes of its own.");

    private static void Rows(Section section, FlightsModel flights)
    {
        section.Say("One row: three numbers and two categories are set by column and scored; rows change with every call. Each call is timed by itself, the clock's own 20 to 30 ns "
            + $"included. Hot is the best median of {Rounds * 3} rounds of 20,000 calls; evicted is the best median of {Rounds} rounds of 400 calls, before each of which 128 MB were written.");
        section.Table("work", "p50", "p99", "bar (p50)", "allocated bytes a call");
        var calls = new RowCalls(flights);
        calls.Time(20_000, evict: false);
        var hot = Enumerable.Range(0, Rounds * 3).Select(_ => calls.Time(20_000, evict: false)).MinBy(times => Quantile(times, 0.5))!;
        var evicted = Enumerable.Range(0, Rounds).Select(_ => calls.Time(400, evict: true)).MinBy(times => Quantile(times, 0.5))!;
        section.Row("one row, hot", Text($"{Quantile(hot, 0.5):0} ns"), Text($"{Quantile(hot, 0.99):0} ns"), "600 ns", Text($"{calls.AllocatedByOne()}"));
        section.Row("one row, caches evicted", Text($"{Quantile(evicted, 0.5) / 1000:0.0} us"), Text($"{Quantile(evicted, 0.99) / 1000:0.0} us"), "15 us", "");
    }

    private static void Batches(Section section, FlightsModel flights, string scratch)
    {
        section.Say($"Batches of {BatchRows} rows. Numbers are prebuilt: a table of floats for the managed scorer, five tensors for ONNX Runtime (onnxruntime-node; only the scores are asked for). "
            + $"Frames hold numbers as doubles and airports as dictionary codes; ONNX Runtime is given strings. Contenders take turns, {Rounds} rounds, and the best of each is shown.");
        section.Table("inputs", "contender", "threads", "M rows/s", "M rows/s a thread", "over ONNX Runtime", "bar");
        var peer = new OnnxRuntimePeer(section, scratch);
        var (table, frame) = (flights.Table(BatchRows), flights.Frame(BatchRows));
        var (numeric, categorical) = (OnnxModel.Load(flights.Numeric), OnnxModel.Load(flights.Categorical));
        var expected = new float[BatchRows];
        numeric.Score(table, expected);
        var others = new double[2, 3];
        for (var round = 0; round < Rounds; round++)
        {
            section.Progress($"batches: round {round + 1} of {Rounds}");
            Best(ref others[0, 2], peer.RowsPerSecond("numeric", flights.Numeric, Inputs(flights, strings: false), expected));
            Best(ref others[1, 2], peer.RowsPerSecond("categorical", flights.Categorical, Inputs(flights, strings: true), [.. categorical.Score(frame).Values.Select(v => (float)v)]));
            for (var threads = 1; threads <= 2; threads++)
            {
                Best(ref others[0, threads - 1], Throughput(threads, () =>
                {
                    var scores = new float[BatchRows];
                    return () => numeric.Score(table, scores);
                }));
                Best(ref others[1, threads - 1], Throughput(threads, () => () => categorical.Score(frame)));
            }
        }
        string[] names = ["numbers, prebuilt", "numbers and categories"];
        for (var kind = 0; kind < names.Length; kind++)
        {
            string Ratio(double rows) => others[kind, 2] > 0 ? Text($"{rows / others[kind, 2]:0.0}") : "";
            if (others[kind, 2] > 0) section.Row(names[kind], "ONNX Runtime", "2", Text($"{others[kind, 2] / 1e6:0.00}"), Text($"{others[kind, 2] / 2e6:0.00}"), "1", "");
            section.Row(names[kind], "Perennial", "1", Text($"{others[kind, 0] / 1e6:0.00}"), Text($"{others[kind, 0] / 1e6:0.00}"), "", kind == 0 ? "4 M rows/s a core" : "");
            section.Row(names[kind], "Perennial", "2", Text($"{others[kind, 1] / 1e6:0.00}"), Text($"{others[kind, 1] / 2e6:0.00}"), Ratio(others[kind, 1]), kind == 0 ? "8 times" : "");
        }
    }

    private static void Load(Section section, FlightsModel flights, string scratch)
    {
        section.Say("A graph is read from its file, checked and compiled, and its first row scored, in a process that did so before.");
        section.Table("graph", "KB", "best ms", "median ms", "bar");
        foreach (var (name, bytes) in new[] { ("numbers", flights.Numeric), ("numbers and categories", flights.Categorical) })
        {
            var path = Path.Combine(scratch, "load.onnx");
            File.WriteAllBytes(path, bytes);
            var score = new double[1];
            var times = Enumerable.Range(0, 40).Select(_ =>
            {
                var start = Stopwatch.GetTimestamp();
                var model = OnnxModel.Load(File.ReadAllBytes(path));
                var row = model.CreateRow();
                row.SetNumber(0, 7);
                model.Score(row, score);
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }).Skip(10).Order().ToArray();
            section.Row(name, Text($"{bytes.Length / 1000}"), Text($"{times[0]:0.0}"), Text($"{Quantile(times, 0.5):0.0}"), "30 ms");
        }
    }

    private static void Explain(Section section, FlightsModel flights)
    {
        section.Say("Exact TreeSHAP (path-dependent) of one row of the model with categories; the difference is that of contributions and base value to the margin in double, the greatest of 1,000 rows.");
        section.Table("work", "p50 us", "p99 us", "bar", "greatest difference", "bar");
        var trees = flights.CategoricalTrees;
        var explainer = new TreeExplainer(trees);
        var (features, contributions) = (new float[FlightsModel.Columns.Length], new double[FlightsModel.Columns.Length]);
        var (times, difference) = (new double[1000], 0.0);
        for (var pass = 0; pass < 3; pass++)
        {
            for (var row = 0; row < times.Length; row++)
            {
                flights.Rows.CopyRow(row, features);
                var start = Stopwatch.GetTimestamp();
                explainer.Explain(features, contributions);
                times[row] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
                var margin = trees.BaseMargins[0] + trees.Trees.Sum(tree => (double)tree.Value[ReferenceScorer.LeafOf(tree, features)]);
                difference = Math.Max(difference, Math.Abs(explainer.BaseValues[0] + contributions.Sum() - margin));
            }
        }
        Array.Sort(times);
        section.Row("exact TreeSHAP, one row", Text($"{Quantile(times, 0.5):0}"), Text($"{Quantile(times, 0.99):0}"), "1,000", Text($"{difference:0.0e+0}"), "1e-9");
    }

    private static object[] Inputs(FlightsModel flights, bool strings) =>
    [
        .. FlightsModel.Columns.Select((name, f) => strings && f > 2
            ? (object)new { name, type = "string", values = flights.Take(f, BatchRows).Select(code => flights.Airports[f - 3][(int)code]).ToArray() }
            : new { name, type = "float32", values = flights.Take(f, BatchRows) }),
    ];

    private static double Throughput(int threads, Func<Action> newBatch)
    {
        var rates = new double[threads];
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            var (batch, begin, end) = (newBatch(), Stopwatch.GetTimestamp(), Stopwatch.GetTimestamp() + 3 * Stopwatch.Frequency / 2);
            var runs = 0;
            for (; Stopwatch.GetTimestamp() < end; runs++) batch();
            rates[thread] = runs * (double)BatchRows / Stopwatch.GetElapsedTime(begin).TotalSeconds;
        });
        return rates.Sum();
    }

    private static void Best(ref double best, double value) => best = Math.Max(best, value);

    private static double Quantile(double[] sorted, double share) => sorted[(int)(share * (sorted.Length - 1))];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
