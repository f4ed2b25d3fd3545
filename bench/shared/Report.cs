using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;

namespace Perennial.Bench;

/// <summary>A file of figures: where they were taken, then a section a part.</summary>
/// <param name="title">What the figures are of.</param>
/// <param name="bench">The bench's folder under <c>bench/</c>.</param>
/// <param name="arguments">What it was called with.</param>
/// <param name="place">What else to say of the machine, such as its file system; nothing where it does not matter.</param>
/// <param name="reading">How to read the figures; nothing where the sections say it.</param>
internal sealed class Report(string title, string bench, string[] arguments, string place = "", string reading = "")
{
    private const string Heading = "\n## ";
    private readonly List<Section> _sections = [];

    public string Text => Over("");

    /// <summary>The report's text, with the sections of an earlier one that were not measured anew behind it; each says of which commit it is.</summary>
    /// <param name="earlier">The earlier text of the same machine; nothing where there is none.</param>
    public string Over(string earlier)
    {
        var kept = earlier.Split(Heading).Skip(1).Select(section => Heading + section).Where(section => _sections.All(s => TitleOf(s.Text) != TitleOf(section)));
        return string.Concat([Head(), .. _sections.Select(section => section.Text), .. kept]);
    }

    private static string TitleOf(string section) => section[Heading.Length..].Split('\n')[0];

    private string Head()
    {
        var text = new StringBuilder($"# {title}\n\n");
        text.Append($"`dotnet run -c Release --project bench/{bench} -- {arguments.FirstOrDefault()}".TrimEnd()).Append("`. ");
        text.Append($"{RuntimeInformation.OSDescription}, {Processor()}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}");
        text.Append(place.Length > 0 ? $", {place}.\n" : ".\n");
        if (reading.Length > 0) text.Append($"\n{reading}\n");
        return text.ToString();
    }

    /// <summary>Begins a part's section.</summary>
    public Section Begin(string name, string partTitle)
    {
        var section = new Section(name, partTitle);
        section.Say($"Commit {Commit()}, {DateTime.UtcNow:yyyy-MM-dd}.");
        _sections.Add(section);
        return section;
    }

    private string Commit()
    {
        var state = Git($"status --porcelain --untracked-files=no -- src bench/{bench}");
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
