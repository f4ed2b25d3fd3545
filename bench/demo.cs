#:property PublishAot=false
// The demo's wall time by part. Run from the root of the clone: dotnet run bench/demo.cs -- [runs] [machine]
// Writes bench/results/<machine>/demo.md: minimum, median and maximum over the runs, each a process of its own.
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

var runs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
var machine = args.Length > 1 ? args[1] : $"{RuntimeInformation.OSArchitecture}-{Environment.ProcessorCount}-cores".ToLowerInvariant();
await Run("build", "-c", "Release", "src/Perennial.Cli", "--nologo", "-v", "q");

var seconds = new Dictionary<string, List<double>>();
for (var run = 0; run < runs; run++)
{
    var folder = Directory.CreateTempSubdirectory("perennial-bench-").FullName;
    try
    {
        var start = Stopwatch.GetTimestamp();
        var json = await Run("src/Perennial.Cli/bin/Release/net10.0/perennial.dll", "demo", "--json", "--data", Path.Combine(folder, "data"));
        var whole = Stopwatch.GetElapsedTime(start).TotalSeconds;
        foreach (var stage in JsonDocument.Parse(json).RootElement.GetProperty("stages").EnumerateArray())
            Add(stage.GetProperty("name").GetString()!, stage.GetProperty("seconds").GetDouble());
        Add("whole process", whole);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"run {run + 1}: {whole:0.0} s"));
    }
    finally
    {
        Directory.Delete(folder, recursive: true);
    }
}

var table = new StringBuilder();
table.AppendLine("# The demo's wall time by part").AppendLine();
table.AppendLine(CultureInfo.InvariantCulture, $"`dotnet run bench/demo.cs -- {runs} {machine}`: {runs} runs, each a process of its own, Release build, after the build.");
table.AppendLine(CultureInfo.InvariantCulture, $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}.").AppendLine();
table.AppendLine("| part | min s | median s | max s |").AppendLine("|---|---|---|---|");
foreach (var (name, values) in seconds)
{
    values.Sort();
    table.AppendLine(CultureInfo.InvariantCulture, $"| {name} | {values[0]:0.0} | {values[values.Count / 2]:0.0} | {values[^1]:0.0} |");
}
var file = Path.Combine("bench", "results", machine, "demo.md");
Directory.CreateDirectory(Path.GetDirectoryName(file)!);
await File.WriteAllTextAsync(file, table.ToString().ReplaceLineEndings("\n"));
Console.WriteLine($"Wrote {file}");

void Add(string part, double value)
{
    if (!seconds.TryGetValue(part, out var values)) seconds[part] = values = [];
    values.Add(value);
}

static async Task<string> Run(params string[] arguments)
{
    using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
    var output = await process.StandardOutput.ReadToEndAsync();
    await process.WaitForExitAsync();
    return process.ExitCode == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}.");
}
