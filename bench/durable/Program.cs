// The embedded stores and engine on this machine's disk, fsync on. Run from the root of the clone:
//   dotnet run -c Release --project bench/durable -- [machine] [part ...]
// Writes bench/results/<machine>/durable.md: a section for each part; all parts where none is named. Progress goes to standard error.
// PERENNIAL_BENCH_FOLDER says where the files of the stores go; the temporary folder where it is not set.
using System.Runtime.InteropServices;
using Perennial.Durable.Bench;
using Perennial.Durable.Bench.Parts;

if (args is [AcknowledgementPart.ChildMode, var folder])
{
    await AcknowledgementPart.Acknowledge(folder);
    return 0;
}

if (args is [EngineSizePart.ChildMode, var measured, var unloadAfter])
{
    await EngineSizePart.Measure(measured, TimeSpan.Parse(unloadAfter, System.Globalization.CultureInfo.InvariantCulture));
    return 0;
}

IBenchPart[] parts = [new RawPart(), new LogPart(), new TableWritesPart(), new TableSizePart(), new PredictionsPart(),
    new EngineRatePart(), new EngineFanOutPart(), new EngineSizePart(), new AcknowledgementPart()];
var machine = args.Length > 0 ? args[0] : $"{RuntimeInformation.OSArchitecture}-{Environment.ProcessorCount}-cores".ToLowerInvariant();
var wanted = args.Skip(1).ToArray();
var unknown = wanted.Except(parts.Select(part => part.Name)).ToArray();
if (unknown.Length > 0)
{
    await Console.Error.WriteLineAsync($"No part is named {string.Join(", ", unknown)}. Parts: {string.Join(", ", parts.Select(part => part.Name))}.");
    return 2;
}

using var scratch = new Scratch();
var report = new Report("The embedded stores and engine, fsync on", "durable", args, $"file system {new DriveInfo(scratch.Path).DriveFormat}",
    "A rate is the median of its rounds, with the lowest and the highest. Raw is one writer that writes into a file written before and calls "
    + "fdatasync each time. The disk's speed swings, so raw is measured right before and after each round, and a ratio is that round's "
    + "rate over (writers x the mean of the two).");
foreach (var part in parts.Where(part => wanted.Length == 0 || wanted.Contains(part.Name)))
{
    await Console.Error.WriteLineAsync($"{part.Name} ...");
    await part.Run(report.Begin(part.Name, part.Title), scratch);
}
var file = Path.Combine("bench", "results", machine, "durable.md");
Directory.CreateDirectory(Path.GetDirectoryName(file)!);
await File.WriteAllTextAsync(file, report.Text);
await Console.Error.WriteLineAsync($"Wrote {file}");
return 0;
