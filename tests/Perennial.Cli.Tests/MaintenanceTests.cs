using System.Text.Json;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests;

/// <summary>Backup, restore, check and collection as a person runs them: each command a process of its own, beside that of the host.</summary>
public sealed class MaintenanceTests
{
    [Fact]
    public async Task A_served_folder_is_backed_up_restored_and_checked()
    {
        using var folder = new TemporaryFolder();
        var (data, archive, copy) = (folder.Of("data"), folder.Of("backup.tar"), folder.Of("copy"));
        using var host = PerennialProcess.Start("up", "--data", data, "--port", "0", "--json");
        var (url, pid) = await Address(host);

        var (exit, output, errors) = await PerennialProcess.Run("backup", archive, "--url", url);
        Assert.True(exit == ExitCodes.Ok, errors);
        Assert.Matches("backup.tar holds [0-9]+ files", output);

        // A host serves it: no check, and the folder is not restored over.
        (exit, _, errors) = await PerennialProcess.Run("fsck", "--data", data);
        Assert.Equal(ExitCodes.Refused, exit);
        Assert.Contains($"as process {pid}", errors, StringComparison.Ordinal);
        Assert.Contains("perennial backup", errors, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Usage, (await PerennialProcess.Run("restore", archive, "--data", data)).Exit);

        Assert.Equal(ExitCodes.Ok, (await PerennialProcess.Run("restore", archive, "--data", copy)).Exit);
        (exit, output, _) = await PerennialProcess.Run("fsck", "--data", copy);
        Assert.True(exit == ExitCodes.Ok, output);
        Assert.Contains("Nothing is broken.", output, StringComparison.Ordinal);

        (exit, output, errors) = await PerennialProcess.Run("gc", "--dry-run", "--json", "--url", url);
        Assert.True(exit == ExitCodes.Ok, errors);
        Assert.True(JsonDocument.Parse(output).RootElement.GetProperty("dryRun").GetBoolean());
        Assert.Equal(ExitCodes.Usage, (await PerennialProcess.Run("gc", "--older-than", "soon", "--url", url)).Exit);

        // The lock of a process that was killed is nobody's, whatever its file says.
        await host.Kill();
        Assert.Equal($"{pid}", await File.ReadAllTextAsync(Path.Combine(data, "lock.owner")));
        Assert.Equal(ExitCodes.Ok, (await PerennialProcess.Run("fsck", "--data", data)).Exit);
    }

    [Fact]
    public async Task Damage_is_named_and_told_by_the_exit_code()
    {
        using var folder = new TemporaryFolder();
        var (data, archive) = (folder.Of("data"), folder.Of("backup.tar"));
        using var host = PerennialProcess.Start("up", "--data", data, "--port", "0", "--json");
        var (url, _) = await Address(host);
        Assert.Equal(ExitCodes.Ok, (await PerennialProcess.Run("backup", archive, "--url", url)).Exit);
        await host.Kill();
        await File.WriteAllTextAsync(Path.Combine(data, "clock"), "yesterday");

        var (exit, output, _) = await PerennialProcess.Run("fsck", "--data", data, "--json");

        Assert.Equal(ExitCodes.Damaged, exit);
        var finding = JsonDocument.Parse(output).RootElement.GetProperty("findings")[0];
        Assert.Equal(("clock-damaged", "clock"), (finding.GetProperty("kind").GetString(), finding.GetProperty("file").GetString()));

        var bytes = await File.ReadAllBytesAsync(archive);
        await File.WriteAllBytesAsync(archive, bytes[..(bytes.Length / 2)]);
        var (refused, _, errors) = await PerennialProcess.Run("restore", archive, "--data", folder.Of("copy"));
        Assert.Equal(ExitCodes.Usage, refused);
        Assert.Contains("no whole backup", errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Of("copy")));
        Assert.Equal(ExitCodes.Usage, (await PerennialProcess.Run("fsck", "--data", folder.Of("nowhere"))).Exit);
    }

    [Theory]
    [InlineData("tables/journal", "504552454e4c4f470100000001000000000000000000000000000000600fa44d030000004bacd11f20000000630000", "format 99")]
    [InlineData("orchestrations/log", "504552454e4c4f470100000001000000000000000000000000000000600fa44d03000000aadecda720000000c80000", "kind 200")]
    public async Task A_folder_of_a_newer_version_is_not_served_and_told_what_to_do(string store, string segment, string what)
    {
        using var folder = new TemporaryFolder();
        var data = folder.Of("data");
        Directory.CreateDirectory(Path.Combine(data, store));
        await File.WriteAllBytesAsync(Path.Combine(data, store, "00000001.seg"), Convert.FromHexString(segment));
        await File.WriteAllTextAsync(Path.Combine(data, "format.json"), """{ "format": 1 }""");

        using var host = PerennialProcess.Start("up", "--data", data, "--port", "0", "--json");
        while (!host.HasExited)
        {
            Assert.DoesNotContain("}", host.Output, StringComparison.Ordinal);
            await Task.Yield();
        }
        var (exit, _, errors) = await PerennialProcess.Run("up", "--data", data, "--port", "0");

        Assert.Equal(ExitCodes.Refused, exit);
        Assert.Contains(what, errors, StringComparison.Ordinal);
        Assert.Contains("Use the version that wrote it", errors.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    private static async Task<(string Url, int Pid)> Address(PerennialProcess host)
    {
        while (!host.Output.Contains('}', StringComparison.Ordinal))
        {
            Assert.False(host.HasExited, host.Errors);
            await Task.Yield();
        }
        var told = JsonDocument.Parse(host.Output).RootElement;
        return (told.GetProperty("url").GetString()!, told.GetProperty("pid").GetInt32());
    }
}
