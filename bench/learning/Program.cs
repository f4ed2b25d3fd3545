// The numeric core beside its peers on this machine. Run from the root of the clone:
//   dotnet run -c Release --project bench/learning -- [machine] [part ...]
// Writes bench/results/<machine>/learning.md: a section for each part; all parts where none is named, else those named before the others of the file. Progress goes to standard error.
// The peers are Debian's python3-xgboost, python3-sklearn and python3-pandas under /usr/bin/python3 (PERENNIAL_BENCH_PYTHON names another). PERENNIAL_BENCH_FLIGHTS is the
// path of flights-3m as CSV (date, delay, distance, origin, destination), PERENNIAL_BENCH_FLIGHTS_PARQUET that of the same table as Parquet with Snappy; what needs them is
// left out, and said to be, where they are not set. PERENNIAL_BENCH_DATA is the folder
// of adult-train.csv, adult-test.csv and abalone.csv (UCI Adult and Abalone with a header line), likewise.
// PERENNIAL_BENCH_ORT is a folder with onnxruntime-node in its node_modules, for Node.js to run.
using System.Runtime.InteropServices;
using Perennial.Learning.Bench;
using Perennial.Learning.Bench.Parts;

IBenchPart[] parts = [new TreesPart(), new DeterminismPart(), new CsvPart(), new ParquetPart(), new OnnxPart(), new ScorePart(), new AdultPart(), new AbalonePart()];
if (args is ["--child", var name, ..])
{
    Console.WriteLine(parts.Single(part => part.Name == name).Child(args[2..]));
    return 0;
}
var machine = args.Length > 0 ? args[0] : $"linux-{RuntimeInformation.OSArchitecture}-{Environment.ProcessorCount}-cores".ToLowerInvariant();
var wanted = args.Skip(1).ToArray();
var unknown = wanted.Except(parts.Select(part => part.Name)).ToArray();
if (unknown.Length > 0)
{
    Console.Error.WriteLine($"No part is named {string.Join(", ", unknown)}. Parts: {string.Join(", ", parts.Select(part => part.Name))}.");
    return 2;
}

var scratch = Directory.CreateTempSubdirectory("perennial-bench-").FullName;
try
{
    var report = new Report("The numeric core beside its peers", "learning", args);
    foreach (var part in parts.Where(part => wanted.Length == 0 || wanted.Contains(part.Name)))
    {
        Console.Error.WriteLine($"{part.Name} ...");
        part.Run(report.Begin(part.Name, part.Title), scratch);
    }
    var file = Path.Combine("bench", "results", machine, "learning.md");
    Directory.CreateDirectory(Path.GetDirectoryName(file)!);
    File.WriteAllText(file, report.Over(File.Exists(file) ? File.ReadAllText(file) : ""));
    Console.Error.WriteLine($"Wrote {file}");
    return 0;
}
finally
{
    Directory.Delete(scratch, recursive: true);
}
