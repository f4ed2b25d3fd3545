using System.Net;
using System.Net.Sockets;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary>What a person gets wrong on the command line: nothing of theirs is lost, and the message says what to type instead.</summary>
public sealed class MistakeTests
{
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
}
