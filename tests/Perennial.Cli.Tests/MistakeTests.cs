using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary>What a person gets wrong on the command line: nothing of theirs is lost, and the message says what to type instead.</summary>
public sealed class MistakeTests
{
    [Fact]
    public async Task A_backup_overwrites_no_file_that_is_there_unless_told_to()
    {
        using var folder = new TemporaryFolder();
        var precious = folder.Of("precious.csv");
        await File.WriteAllTextAsync(precious, "mine");
        using var host = PerennialProcess.Start("up", "--data", folder.Of("data"), "--port", "0", "--json");
        var url = await Address(host);

        AssertTold(await PerennialProcess.Run("backup", precious, "--url", url), ExitCodes.Usage, "is there already. Name another file, or give --overwrite.");
        Assert.Equal("mine", await File.ReadAllTextAsync(precious));
        AssertTold(await PerennialProcess.Run("backup", folder.Path, "--url", url), ExitCodes.Usage, "is a folder. Name a file in it");
        AssertTold(await PerennialProcess.Run("backup", folder.Of("nowhere/x.tar"), "--url", url), ExitCodes.Usage, $"There is no folder '{folder.Of("nowhere")}'. Make it, or name another file.");

        Assert.Equal(ExitCodes.Ok, (await PerennialProcess.Run("backup", precious, "--overwrite", "--url", url)).Exit);
        Assert.NotEqual("mine", await File.ReadAllTextAsync(precious));
        await host.Kill();
    }

    [Fact]
    public async Task A_host_that_cannot_start_gives_advice_that_fits_the_reason()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Of("sales.csv");
        await File.WriteAllTextAsync(file, "mine");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = $"{((IPEndPoint)taken.LocalEndpoint).Port}";

        AssertTold(await PerennialProcess.Run("up", "--data", file), ExitCodes.Usage, $"'{file}' is a file. Choose a folder with --data.");
        AssertTold(await PerennialProcess.Run("up", "--data", folder.Of("data"), "--port", port), ExitCodes.Refused, "already in use. Choose another port with --port.");

        await File.WriteAllTextAsync(folder.Of("data/orchestrations/begin"), "rubbish");
        var (exit, _, errors) = await PerennialProcess.Run("up", "--data", folder.Of("data"), "--port", "0");
        Assert.True(exit == ExitCodes.Damaged, $"{exit}: {errors}");
        Assert.Contains("is damaged at byte 0", errors, StringComparison.Ordinal);
        Assert.Contains($"'perennial fsck --data {folder.Of("data")}' lists all damage; restore the folder from a backup.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("port", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("away", errors, StringComparison.Ordinal);
    }

    private static void AssertTold((int Exit, string Output, string Errors) ran, int exit, string message)
    {
        Assert.Equal(exit, ran.Exit);
        Assert.Contains(message, ran.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private static async Task<string> Address(PerennialProcess host)
    {
        while (!host.Output.Contains('}', StringComparison.Ordinal))
        {
            Assert.False(host.HasExited, host.Errors);
            await Task.Yield();
        }
        return JsonDocument.Parse(host.Output).RootElement.GetProperty("url").GetString()!;
    }
}
