using System.Diagnostics;
using System.Text.Json;
using Perennial.Azure.Tests.Support;
using Perennial.Migrate;

namespace Perennial.Functions.Tests.Migrating;

/// <summary>The program itself, started by <c>perennial migrate</c> as a user would, on Azurite.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class MigrateProgramTests(Azurite azurite) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-program-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Perennial_migrate_moves_a_folder_and_back_and_tells_programs_what_was_copied()
    {
        var prefix = azurite.Options().Prefix;
        var (data, back) = (Path.Combine(_folder, "data"), Path.Combine(_folder, "back"));
        await using (var stores = StoreSet.OfFolder(data)) await FilledStores.Fill(stores, artifacts: 4, entities: 120, records: 10);

        var there = await Perennial("migrate", "--data", data, "--to", azurite.ConnectionString, "--prefix", prefix, "--json");
        Assert.True(there.Exit == MigrateExitCodes.Ok, there.Errors);
        var copied = JsonSerializer.Deserialize<Dictionary<string, int>>(there.Output)!;
        Assert.Equal((4, 15, 3), (copied["artifacts"], copied["records"], copied["blobs"]));
        Assert.Empty(there.Errors);

        var again = await Perennial("migrate", "--data", data, "--to", azurite.ConnectionString, "--prefix", prefix);
        Assert.Equal(MigrateExitCodes.Refused, again.Exit);
        Assert.Contains("not empty", again.Errors, StringComparison.Ordinal);

        var home = await Perennial("migrate", "--data", back, "--from", azurite.ConnectionString, "--prefix", prefix);
        Assert.True(home.Exit == MigrateExitCodes.Ok, home.Errors);
        Assert.StartsWith("Copied and compared: 4 artifacts", home.Output, StringComparison.Ordinal);
        await using var first = StoreSet.OfFolder(data);
        await using var last = StoreSet.OfFolder(back);
        Assert.Equal(await FilledStores.Lines(first), await FilledStores.Lines(last));
    }

    [Fact]
    public async Task A_folder_that_a_host_serves_is_refused_by_the_hosts_process()
    {
        await using var served = StoreSet.OfFolder(_folder);

        var (exit, output, errors) = await Perennial("migrate", "--data", _folder, "--to", azurite.ConnectionString, "--json");

        Assert.Equal((MigrateExitCodes.Refused, ""), (exit, output));
        var problem = JsonDocument.Parse(errors).RootElement;
        Assert.Equal("folder-in-use", problem.GetProperty("code").GetString());
        Assert.Contains($"process {Environment.ProcessId}", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_artifact_that_is_damaged_is_named_and_not_copied()
    {
        await using (var stores = StoreSet.OfFolder(_folder)) await FilledStores.Fill(stores, artifacts: 3, entities: 10, records: 1);
        var file = Directory.EnumerateFiles(Path.Combine(_folder, "artifacts"), "*", SearchOption.AllDirectories).First();
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        var (exit, output, errors) = await Migrate("--data", _folder, "--to", azurite.ConnectionString, "--prefix", azurite.Options().Prefix, "--json");

        Assert.Equal((MigrateExitCodes.Damaged, ""), (exit, output));
        Assert.Contains($"{Path.GetFileName(file)} is damaged", JsonDocument.Parse(errors).RootElement.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not.a-name", "no storage account's name")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=real;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net", "Azurite only")]
    [InlineData("https://real.blob.core.windows.net/?sv=2025-01-05&sig=c2VjcmV0", "Azurite only")]
    public async Task What_is_no_account_is_said_without_repeating_a_key(string account, string says)
    {
        await using (StoreSet.OfFolder(_folder))
        {
        }

        var (exit, _, errors) = await Migrate("--data", _folder, "--to", account);

        Assert.Equal(MigrateExitCodes.Usage, exit);
        Assert.Contains(says, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("c2VjcmV0", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_answers_it_says_so_in_a_line()
    {
        await using (var stores = StoreSet.OfFolder(_folder)) await FilledStores.Fill(stores, artifacts: 2, entities: 10, records: 1);
        var nobody = System.Text.RegularExpressions.Regex.Replace(azurite.ConnectionString, @"127\.0\.0\.1:\d+", "127.0.0.1:1");

        var (exit, _, errors) = await Migrate("--data", _folder, "--to", nobody);

        Assert.Equal(MigrateExitCodes.Unreachable, exit);
        Assert.Contains("Azurite does not answer", errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Theory]
    [InlineData("--data", "nowhere", "--to", "anaccount")]
    [InlineData("--to", "anaccount", "--from", "another")]
    [InlineData("--nonsense")]
    [InlineData]
    public async Task A_wrong_command_line_is_told_from_a_fault(params string[] arguments) => Assert.Equal(MigrateExitCodes.Usage, (await Migrate(arguments)).Exit);

    private static Task<(int Exit, string Output, string Errors)> Perennial(params string[] arguments) => Run("perennial.dll", arguments);

    private static Task<(int Exit, string Output, string Errors)> Migrate(params string[] arguments) => Run("perennial-migrate.dll", arguments);

    private static async Task<(int Exit, string Output, string Errors)> Run(string program, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
