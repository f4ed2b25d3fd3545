using System.Diagnostics;
using System.Text.Json;

namespace Perennial.Learning.Bench.Parts;

/// <summary>A peer in Python whose last line is a result of its own as JSON.</summary>
internal static class Peer
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Runs a script of the folder of peers.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public static T Of<T>(string python, string script, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "Peers", script), .. arguments]) { RedirectStandardOutput = true })!;
        var lines = process.StandardOutput.ReadToEnd().Trim().Split('\n');
        process.WaitForExit();
        return process.ExitCode == 0 ? JsonSerializer.Deserialize<T>(lines[^1], Json)! : throw new InvalidOperationException($"{script} ended with {process.ExitCode}.");
    }
}
