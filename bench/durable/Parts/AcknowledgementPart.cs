using System.Diagnostics;

namespace Perennial.Durable.Bench.Parts;

/// <summary>The system calls of one acknowledged call, as strace sees them: the sync comes before the acknowledgement.</summary>
internal sealed class AcknowledgementPart : IBenchPart
{
    /// <summary>The first argument of the process that is traced.</summary>
    public const string ChildMode = "acknowledge";

    /// <summary>What comes after the process's own path to run this program once more.</summary>
    public static string[] Program => Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet" ? [typeof(AcknowledgementPart).Assembly.Location] : [];

    private const int Starts = 3;

    public string Name => "strace";

    public string Title => "Engine: the sync before the acknowledgement";

    public async Task Run(Section section, Scratch scratch)
    {
        var trace = scratch.Next("trace");
        string[] traced = ["-f", "-y", "-s", "16", "-e", "trace=pwrite64,fdatasync,write", "-o", trace, Environment.ProcessPath!];
        try
        {
            using var process = Process.Start(new ProcessStartInfo("strace", [.. traced, .. Program, ChildMode, scratch.Next("engine")]) { RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            section.Say("strace is not installed on this machine.");
            return;
        }
        var calls = (await File.ReadAllLinesAsync(trace)).Where(line => line.Contains(".seg>", StringComparison.Ordinal) || line.Contains("\"ack ", StringComparison.Ordinal)
            || line.Contains("fdatasync resumed", StringComparison.Ordinal)).Select(line => line.Replace(scratch.Path, "", StringComparison.Ordinal)).ToList();
        section.Say($"A process of its own starts {Starts} instances with 1 KB of input each, one after another, and writes `ack` to its output when a start is acknowledged. `strace -f -y -e trace=pwrite64,fdatasync,write`, the calls on segments and the acknowledgements, by thread:");
        section.Say($"```\n{string.Join('\n', calls.TakeLast(30))}\n```");
    }

    /// <summary>What the traced process does.</summary>
    public static async Task Acknowledge(string folder)
    {
        await using var engine = await EngineBench.Open(folder);
        for (var i = 1; i <= Starts; i++)
        {
            await engine.Start(EngineBench.Sleep, $"one-{i}", EngineBench.Kilobyte);
            Console.WriteLine($"ack {i}");
        }
    }
}
