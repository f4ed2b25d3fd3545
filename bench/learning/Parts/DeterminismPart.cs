using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Perennial.Learning.Frames;
using Perennial.Learning.Models;
using Perennial.Learning.Onnx;
using Perennial.Learning.Reading;

namespace Perennial.Learning.Bench.Parts;

/// <summary>The same rows, spec and seed give the same file of the model, whatever the number of threads and the processor's instructions.</summary>
internal sealed class DeterminismPart : IBenchPart
{
    private static readonly (string Name, int Threads, string? SwitchedOff)[] Machines =
    [
        ("1 thread", 1, null), ("2 threads", 2, null), ("4 threads", 4, null),
        ("AVX2 off", 2, "DOTNET_EnableAVX2"), ("all intrinsics off", 2, "DOTNET_EnableHWIntrinsic"),
    ];

    public string Name => "determinism";

    public string Title => "One model, bit for bit";

    public void Run(Section section, string scratch)
    {
        section.Say("Each row is a process of its own that reads the CSV, trains with the defaults (adult stops early on its last fifth; flights: 100 rounds of 31 leaves on January to April) "
            + "and exports. SHA-256 of `model.onnx`, its first 16 digits. AVX2 and all intrinsics are switched off by `DOTNET_EnableAVX2=0` and `DOTNET_EnableHWIntrinsic=0`, with 2 threads.");
        section.Table(["task", .. Machines.Select(machine => machine.Name), "all equal"]);
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_DATA") is { Length: > 0 } folder)
            foreach (var learner in (string[])[ModelTraining.Linear, ModelTraining.BoostedTrees]) Row(section, "adult", learner, Path.Combine(folder, "adult-train.csv"));
        else section.Say("adult was left out: PERENNIAL_BENCH_DATA is not set.");
        if (Environment.GetEnvironmentVariable("PERENNIAL_BENCH_FLIGHTS") is { Length: > 0 } csv) Row(section, "flights-3m", ModelTraining.BoostedTrees, csv);
        else section.Say("flights-3m was left out: PERENNIAL_BENCH_FLIGHTS is not set.");
    }

    public string Child(string[] arguments)
    {
        var (task, learner, path, threads) = (arguments[0], arguments[1], arguments[2], int.Parse(arguments[3], CultureInfo.InvariantCulture));
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        var frame = CsvReader.Read(file, new ReadOptions { Source = Path.GetFileName(path) }).Frame;
        var spec = (task == "adult" ? Adult(frame, learner) : Flights(frame, learner)) with { Threads = threads, Seed = 7 };
        return Convert.ToHexStringLower(SHA256.HashData(OnnxExporter.Export(ModelTraining.Train(spec, default).Model)));
    }

    private static TrainingSpec Adult(Frame frame, string learner)
    {
        var cut = frame.RowCount * 4 / 5;
        return new TrainingSpec
        {
            Learner = learner,
            Task = TaskKind.Binary,
            Train = frame.Take(Enumerable.Range(0, cut).ToArray()),
            Validation = frame.Take(Enumerable.Range(cut, frame.RowCount - cut).ToArray()),
            Label = "income",
            Classes = ["<=50K", ">50K"],
            Features = [.. frame.Columns.Select(column => column.Name).Where(name => name != "income")],
        };
    }

    private static TrainingSpec Flights(Frame frame, string learner)
    {
        var (dates, delays) = (((TimestampColumn)frame["date"]).Ticks.ToArray(), ((NumericColumn)frame["delay"]).Values.ToArray());
        var rows = Enumerable.Range(0, frame.RowCount).Where(row => new DateTime(dates[row]).Month <= 4).ToArray();
        double[] Each(Func<DateTime, double> value) => Array.ConvertAll(rows, row => value(new DateTime(dates[row])));
        var taken = frame.Take(rows);
        return new TrainingSpec
        {
            Learner = learner,
            Task = TaskKind.Binary,
            Train = new Frame([
                new NumericColumn("hour", Each(date => date.Hour)), new NumericColumn("weekday", Each(date => ((int)date.DayOfWeek + 6) % 7)),
                taken["distance"], taken["origin"], taken["destination"],
                new BooleanColumn("late", Array.ConvertAll(rows, row => (sbyte)(delays[row] > 15 ? 1 : 0)))]),
            Label = "late",
            Classes = ["false", "true"],
            Features = ["hour", "weekday", "distance", "origin", "destination"],
            Parameters = new Dictionary<string, double> { ["rounds"] = 100, ["leaves"] = 31, ["learningRate"] = 0.1 },
        };
    }

    private void Row(Section section, string task, string learner, string path)
    {
        var hashes = Machines.Select(machine => Hash(task, learner, path, machine.Threads, machine.SwitchedOff)).ToArray();
        section.Row([$"{task}, {learner}", .. hashes.Select(hash => $"`{hash[..16]}`"), hashes.Distinct().Count() == 1 ? "yes" : "NO"]);
    }

    private string Hash(string task, string learner, string path, int threads, string? switchedOff)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(DeterminismPart).Assembly.Location, "--child", Name, task, learner, path, threads.ToString(CultureInfo.InvariantCulture)]) { RedirectStandardOutput = true };
        if (switchedOff is not null) start.Environment[switchedOff] = "0";
        using var process = Process.Start(start)!;
        var printed = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        return process.ExitCode == 0 ? printed : throw new InvalidOperationException($"{task} with {learner}, {threads} threads, ended with {process.ExitCode}.");
    }
}
