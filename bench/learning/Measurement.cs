using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Perennial.Learning.Bench;

/// <summary>What one run of one contender gave.</summary>
/// <param name="Seconds">Wall time of the work alone.</param>
/// <param name="UserSeconds">Processor time of the work in user mode, all threads together: what a busy machine distorts least.</param>
/// <param name="PeakMegabytes">The process's greatest resident memory, from its start until the work was done.</param>
/// <param name="Score">How good the result is.</param>
internal sealed record Measurement(double Seconds, double UserSeconds, double PeakMegabytes, double Score)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Runs a program that prints a measurement as its last line.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static Measurement Of(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Trim().Split('\n');
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
        return JsonSerializer.Deserialize<Measurement>(lines[^1], Json)!;
    }

    /// <summary>Runs one measurement of a part in a process of its own.</summary>
    public static Measurement OfChild(IBenchPart part, params string[] arguments) =>
        Of("dotnet", [typeof(Measurement).Assembly.Location, "--child", part.Name, .. arguments]);

    /// <summary>
    /// Runs one measurement of a part in a process of its own, by this program as users get it: published for this machine, compiled beforehand.
    /// </summary>
    public static Measurement OfPublishedChild(IBenchPart part, string scratch, params string[] arguments) =>
        Of(Path.Combine(Published(scratch), Path.GetFileNameWithoutExtension(typeof(Measurement).Assembly.Location)), ["--child", part.Name, .. arguments]);

    /// <summary>Publishes this program into a folder, once.</summary>
    /// <exception cref="InvalidOperationException">It cannot be published here.</exception>
    public static string Published(string scratch)
    {
        var folder = Path.Combine(scratch, "published");
        if (Directory.Exists(folder)) return folder;
        string[] arguments = ["publish", "bench/learning", "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", folder, "-v", "quiet"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var told = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? folder : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} ended with {process.ExitCode}: {told}");
    }

    /// <summary>Measures work in this process.</summary>
    public static Measurement Take<T>(Func<T> work, Func<T, double> score)
    {
        using var self = Process.GetCurrentProcess();
        var (user, start) = (self.UserProcessorTime, Stopwatch.GetTimestamp());
        var result = work();
        var elapsed = Stopwatch.GetElapsedTime(start);
        self.Refresh();
        var (spent, peak) = (self.UserProcessorTime - user, self.PeakWorkingSet64);
        return new Measurement(elapsed.TotalSeconds, spent.TotalSeconds, peak / 1e6, score(result));
    }
}
