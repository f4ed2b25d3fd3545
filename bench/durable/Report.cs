using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Perennial.Durable.Bench;

/// <summary>The file of figures: where they were taken, then a section a part.</summary>
internal sealed class Report(string command, string folder)
{
    private readonly List<Section> _sections = [];

    public string Text
    {
        get
        {
            var text = new StringBuilder("# The embedded stores and engine, fsync on\n\n");
            text.Append($"`{command}`, commit {Commit()}, {DateTime.UtcNow:yyyy-MM-dd}.\n");
            text.Append($"{RuntimeInformation.OSDescription}, {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}, ");
            text.Append($"{new DriveInfo(folder).DriveFormat} at {folder}.\n\n");
            text.Append("A rate is the median of its rounds, with the lowest and the highest. Raw is one writer that writes into a file written before and calls ");
            text.Append("fdatasync each time. The disk's speed swings, so raw is measured right before and after each round, and a ratio is that round's ");
            text.Append("rate over (writers x the mean of the two).\n");
            foreach (var section in _sections) text.Append(section.Text);
            return text.ToString();
        }
    }

    public Section Begin(IBenchPart part)
    {
        var section = new Section(part.Name, part.Title);
        _sections.Add(section);
        return section;
    }

    private static string Commit()
    {
        var state = Git("status --porcelain --untracked-files=no -- src bench/durable");
        return Git("rev-parse --short HEAD") + (state.Length > 0 ? " with changes" : "");
    }

    private static string Git(string arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("git", arguments) { RedirectStandardOutput = true })!;
            return process.StandardOutput.ReadToEnd().Trim();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string Processor() => !File.Exists("/proc/cpuinfo")
        ? RuntimeInformation.OSArchitecture.ToString()
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
}
