using System.CommandLine;
using Perennial.Cli.Demo;
using Perennial.Cli.Hosting;

namespace Perennial.Cli.Commands;

/// <summary><c>perennial demo</c>: the whole loop on real data.</summary>
public static class DemoCommand
{
    private const string Sample = "samples/bird-strikes";
    private static readonly Option<FileInfo?> Input = new("--input") { Description = $"Rows in CSV, JSON Lines or Parquet [default: {Sample}/strikes.csv]" };
    private static readonly Option<FileInfo?> Spec = new("--spec") { Description = $"The model's spec [default: {Sample}/perennial.json]" };
    private static readonly Option<DirectoryInfo?> Data = new("--data") { Description = "The host's folder, which must be new or empty [default: a new temporary one]" };
    private static readonly Option<int> Port = WholeNumber.Option("--port", "The port on 127.0.0.1; 0 takes a free one", 0);
    private static readonly Option<bool> Keep = new("--keep") { Description = "Leave the host serving at the end" };

    /// <summary>The command.</summary>
    public static Command Make()
    {
        var command = new Command("demo", "Train on past rows, replay later ones as live traffic, watch, retrain, decide; on a host and folder of its own") { Input, Spec, Data, Port, Keep };
        command.SetAction((parsed, ct) => CommandRunner.Guard(parsed, async terminal =>
        {
            if ((parsed.GetValue(Input) is null) != (parsed.GetValue(Spec) is null))
                throw new UsageException("Give --input and --spec together: the spec says what the input's columns mean.");
            var sample = parsed.GetValue(Spec) is null ? FindSample() : null;
            var spec = parsed.GetValue(Spec)?.FullName ?? Path.Combine(sample!, "perennial.json");
            var rows = parsed.GetValue(Input)?.FullName ?? Path.Combine(sample!, "strikes.csv");
            // Before there is a folder: an input that cannot be used leaves nothing behind.
            var input = DemoInput.Read(spec, rows);
            var folder = parsed.GetValue(Data)?.FullName ?? Directory.CreateTempSubdirectory("perennial-demo-").FullName;
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
                throw new UsageException($"The folder '{folder}' is not empty. The demo writes into a folder of its own; 'perennial up --data' serves an old one.");
            try
            {
                return await new DemoRun(terminal, input, folder, parsed.GetValue(Port).Checked()).Run(parsed.GetValue(Keep), ct);
            }
            catch (HostStartException exception)
            {
                terminal.Error("host-not-started", exception.Message);
                return exception.ExitCode;
            }
        }));
        return command;
    }

    // Beside the sources when run from a clone, beside the executable when published.
    private static string FindSample()
    {
        for (var folder = new DirectoryInfo(Directory.GetCurrentDirectory()); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, Sample, "perennial.json"))) return Path.Combine(folder.FullName, Sample);
        var beside = Path.Combine(AppContext.BaseDirectory, Sample);
        return Directory.Exists(beside) ? beside : throw new UsageException($"The sample '{Sample}' is not here. Run the demo inside a clone, or give --input and --spec.");
    }
}
