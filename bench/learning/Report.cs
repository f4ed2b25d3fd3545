using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Perennial.Learning.Bench;

/// <summary>The file of figures: where they were taken, then a section a part.</summary>
internal sealed class Report(string command)
{
    private readonly List<Section> _sections = [];

    public string Text
    {
        get
        {
            var text = new StringBuilder("# The numeric core beside its peers\n\n");
            text.Append($"`{command}`, commit {Commit()}, {DateTime.UtcNow:yyyy-MM-dd}.\n");
            text.Append($"{RuntimeInformation.OSDescription}, {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}.\n");
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
        var state = Git("status --porcelain --untracked-files=no -- src bench/learning");
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
