using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
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
    public async Task A_collection_says_what_stays_because_it_is_young_and_how_a_duration_is_written()
    {
        using var folder = new TemporaryFolder();
        using var host = PerennialProcess.Start("up", "--data", folder.Of("data"), "--port", "0", "--json");
        var url = await Address(host);
        using (var client = new Client.PerennialClient(new Uri(url))) await client.PutModel("churn", """{ "model": "churn", "label": "churned" }"""u8.ToArray());

        var (exit, output, errors) = await PerennialProcess.Run("gc", "--older-than", "0d", "--url", url);
        Assert.True(exit == ExitCodes.Ok, errors);
        Assert.Contains("1 stay, 40 bytes, 1 of them because they were put or looked for within the last 24 hours.", output, StringComparison.Ordinal);

        AssertTold(await PerennialProcess.Run("gc", "--older-than", "1000000d", "--url", url), ExitCodes.Usage, "36525d (100 years)");
        AssertTold(await PerennialProcess.Run("gc", "--older-than", "1y", "--url", url), ExitCodes.Usage, "One is 365d.");
        AssertTold(await PerennialProcess.Run("gc", "--older-than", "90", "--url", url), ExitCodes.Usage, "Days would be 90d.");
        AssertTold(await PerennialProcess.Run("status", "--model", "nope", "--url", url), ExitCodes.Refused, "There is no model 'nope'. 'perennial init data.csv --model nope' writes a spec for it");
        AssertTold(await PerennialProcess.Feed("A,B\n1,2\n", "predict", "--model", "churn", "--url", url), ExitCodes.Usage,
            "standard input, line 1 is not JSON: 'A' is an invalid start of a value. Standard input is read as JSON Lines; for CSV give --csv.\n");
        await host.Kill();
    }

    [Fact]
    public async Task A_gzip_file_that_is_cut_off_is_refused_and_a_wrong_name_does_no_harm()
    {
        using var folder = new TemporaryFolder();
        using var host = PerennialProcess.Start("up", "--data", folder.Of("data"), "--port", "0", "--json");
        var url = await Address(host);
        using (var client = new Client.PerennialClient(new Uri(url))) await client.PutModel("churn", """{ "model": "churn", "label": "churned" }"""u8.ToArray());
        var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true)) await gzip.WriteAsync(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"a\": 1}\n", 10))));
        await File.WriteAllBytesAsync(folder.Of("rows.jsonl.gz"), packed.ToArray()[..^9]);
        await File.WriteAllTextAsync(folder.Of("plain.csv.gz"), "a,churned\n1,true\n2,false\n");

        AssertTold(await PerennialProcess.Run("predict", folder.Of("rows.jsonl.gz"), "--model", "churn", "--url", url), ExitCodes.Usage, "The gzip file is damaged or cut off. Compress it again.");
        var (exit, _, errors) = await PerennialProcess.Run("init", folder.Of("plain.csv.gz"), "--label", "churned", "--output", folder.Of("spec.json"));

        Assert.True(exit == ExitCodes.Ok, errors);
        Assert.Contains("\"model\": \"plain\"", await File.ReadAllTextAsync(folder.Of("spec.json")), StringComparison.Ordinal);
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

    [Fact]
    public async Task Commands_without_a_host_take_no_address_and_speak_of_none()
    {
        using var folder = new TemporaryFolder();
        var archive = folder.Of("perennial.tar.gz");
        await File.WriteAllBytesAsync(archive, [0x1f, 0x8b, 8, 0]);

        foreach (var command in new[] { "up", "demo", "init", "restore", "fsck" })
            Assert.DoesNotContain("--url", (await PerennialProcess.Run(command, "--help")).Output, StringComparison.Ordinal);
        Assert.Contains("--url", (await PerennialProcess.Run("backup", "--help")).Output, StringComparison.Ordinal);
        var gzip = await PerennialProcess.Run("restore", archive, "--data", folder.Of("copy"));
        AssertTold(gzip, ExitCodes.Usage, $"'{archive}' was not restored. It is a gzip file");
        Assert.DoesNotContain("http:", gzip.Errors, StringComparison.Ordinal);
        AssertTold(await PerennialProcess.Run("run", "sales.csv", "--url", "http://127.0.0.1:9"), ExitCodes.Usage, "'perennial init sales.csv --label COLUMN' writes one.");
    }

    private static void AssertTold((int Exit, string Output, string Errors) ran, int exit, string message)
    {
        Assert.Equal(exit, ran.Exit);
        Assert.Contains(message, ran.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    internal static async Task<string> Address(PerennialProcess host)
    {
        while (!host.Output.Contains('}', StringComparison.Ordinal))
        {
            Assert.False(host.HasExited, host.Errors);
            await Task.Yield();
        }
        return JsonDocument.Parse(host.Output).RootElement.GetProperty("url").GetString()!;
    }
}
