using System.CommandLine;
using System.ComponentModel;
using System.Diagnostics;

namespace Perennial.Cli.Commands;

/// <summary>
/// <c>perennial migrate</c>: starts the program <c>perennial-migrate</c> with the same options, and ends as it ends. It is a program of its own
/// because it needs Azure's packages, which <c>perennial</c> does without.
/// </summary>
public static class MigrateCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Option<DirectoryInfo> Data = FolderOption.Make();
    private static readonly Option<string?> To = new("--to") { Description = "Copy the folder there: a storage account's name, or Azurite's connection string" };
    private static readonly Option<string?> From = new("--from") { Description = "Copy from there to the folder, which must be new or empty" };
    private static readonly Option<string?> Prefix = new("--prefix") { Description = "What the account's containers and tables begin with [default: perennial]" };

    /// <summary>The command.</summary>
    public static Command Make()
    {
        var command = new Command("migrate", "Copy a folder that no host serves to Azure, or back, and read it back (needs perennial-migrate)") { Data, To, From, Prefix };
        command.SetAction((parsed, ct) => CommandRunner.Guard(parsed, async terminal =>
        {
            if (parsed.GetValue(To) is null == parsed.GetValue(From) is null) throw new UsageException("Give either --to or --from.");
            if (MigrateProgram.Find(AppContext.BaseDirectory, Environment.GetEnvironmentVariable("PATH")) is { } program)
                return await Start(program, Arguments(parsed), ct);
            terminal.Error("migrate-missing", MigrateProgram.HowToGet(AppContext.BaseDirectory));
            return ExitCodes.Usage;
        }));
        return command;
    }

    // Only what was given: the defaults are the program's own.
    private static List<string> Arguments(ParseResult parsed)
    {
        var arguments = new List<string>();
        foreach (var option in new Option[] { Data, To, From, Prefix, CommonOptions.Json })
        {
            if (parsed.GetResult(option) is not { Implicit: false } given) continue;
            arguments.Add(option.Name);
            arguments.AddRange(given.Tokens.Select(token => token.Value));
        }
        return arguments;
    }

    // It shares the terminal, so Ctrl+C reaches it too; one that was told otherwise to stop here is ended, which a migration takes at any time.
    private static async Task<int> Start(string program, List<string> arguments, CancellationToken cancellationToken)
    {
        using var process = Run(program, arguments);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
        return process.ExitCode;
    }

    private static Process Run(string program, List<string> arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments))!;
        }
        catch (Win32Exception exception)
        {
            throw new UsageException($"'{program}' cannot be started: {exception.Message}. {MigrateProgram.HowToGet(AppContext.BaseDirectory)}");
        }
    }
}
