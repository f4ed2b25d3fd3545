using System.Diagnostics;

namespace Perennial.Cli.Tests.Infra;

/// <summary>A script of the infrastructure, run by bash.</summary>
internal static class InfraScript
{
    public static async Task<(int Code, string Output)> Run(string script, string[] arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(InfraFolder.Path, script), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        return (process.ExitCode, output);
    }
}
