using System.Diagnostics;
using Perennial.Cli.Commands;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary><c>perennial migrate</c> finds the program that does it, which is not built with this one. A script stands in for it.</summary>
public sealed class MigrateTests
{
    [Fact]
    public async Task Without_the_program_it_says_how_to_get_it()
    {
        var (exit, _, errors) = await PerennialProcess.Run("migrate", "--to", "anaccount");

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains("dotnet publish src/Perennial.Migrate -c Release -o", errors, StringComparison.Ordinal);
        Assert.Contains(Path.Combine(AppContext.BaseDirectory, MigrateProgram.Folder), errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("migrate")]
    [InlineData("migrate", "--to", "a", "--from", "b")]
    public async Task It_goes_one_way(params string[] arguments)
    {
        var (exit, _, errors) = await PerennialProcess.Run(arguments);

        Assert.Equal(ExitCodes.Usage, exit);
        Assert.Contains("either --to or --from", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_on_the_path_gets_what_was_given_and_its_exit_code_is_the_commands()
    {
        using var folder = new TemporaryFolder();
        Program(folder.Path, $"printf '%s\\n' \"$@\" > '{folder.Of("given")}'; echo copied; echo wrong >&2; exit 7");

        var (exit, output, errors) = await WithPath(folder.Path, "migrate", "--data", "a folder", "--to", "Name=x;Key=y", "--json");

        Assert.Equal(7, exit);
        Assert.Equal(("copied", "wrong"), (output.Trim(), errors.Trim()));
        Assert.Equal(["--data", "a folder", "--to", "Name=x;Key=y", "--json"], await File.ReadAllLinesAsync(folder.Of("given")));
    }

    [Fact]
    public void The_one_beside_comes_before_the_path_and_what_cannot_be_run_is_passed_over()
    {
        using var folder = new TemporaryFolder();
        var (beside, onPath) = (folder.Of("beside"), folder.Of("path"));
        Directory.CreateDirectory(Path.Combine(beside, MigrateProgram.Folder));
        Directory.CreateDirectory(onPath);
        var path = $"{folder.Of("nowhere")}{Path.PathSeparator}{onPath}";

        Assert.Null(MigrateProgram.Find(beside, path));
        Assert.Null(MigrateProgram.Find(beside, null));
        File.WriteAllText(Path.Combine(beside, "perennial-migrate"), "no program");
        var second = Program(onPath, "exit 0");
        Assert.Equal(second, MigrateProgram.Find(beside, path));
        var first = Program(Path.Combine(beside, MigrateProgram.Folder), "exit 0");
        Assert.Equal(first, MigrateProgram.Find(beside, path));
    }

    private static string Program(string folder, string script)
    {
        var file = Path.Combine(folder, "perennial-migrate");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }

    private static async Task<(int Exit, string Output, string Errors)> WithPath(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "perennial.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = $"{folder}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
