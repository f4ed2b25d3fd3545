using Perennial.Cli.Hosting;
using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests.Infra;

/// <summary>What a deployment is tried with, tried on a local host: both serve the same routes. It needs bash, curl and jq.</summary>
public sealed class SmokeTests
{
    [Fact]
    public async Task The_smoke_test_of_a_deployment_passes_on_a_host_that_works()
    {
        using var folder = new TemporaryFolder();
        await using var host = await LocalHost.Start(new LocalHostOptions(folder.Path, 0, TimeProvider.System));

        var (code, output) = await Smoke(host.Address, 60);

        Assert.True(code == 0, output);
        Assert.Contains("trains and predicts", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_an_account_it_uploads_to_the_inbox_and_waits_for_the_run_of_that_file()
    {
        using var folder = new TemporaryFolder();
        using var tools = new TemporaryFolder();
        await using var host = await LocalHost.Start(new LocalHostOptions(folder.Path, 0, TimeProvider.System));
        // A stand-in for az, which puts the file where this host looks.
        await File.WriteAllTextAsync(tools.Of("az"), $"""
            #!/usr/bin/env bash
            echo "$*" >> '{tools.Of("calls")}'
            [ "$3" = upload ] || exit 0
            mkdir -p "{folder.Of("inbox")}/$(dirname "${"{11}"}")" && cp "${"{13}"}" "{folder.Of("inbox")}/${"{11}"}"
            """);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(tools.Of("az"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var (code, output) = await InfraScript.Run("smoke", [host.Address.ToString(), "key", "anaccount"], new()
        {
            ["PERENNIAL_SMOKE_WAIT"] = "60",
            ["PATH"] = $"{tools.Path}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
        });

        Assert.True(code == 0, output);
        Assert.Contains("The inbox starts runs", output, StringComparison.Ordinal);
        var calls = await File.ReadAllLinesAsync(tools.Of("calls"));
        // The token comes first, while a runner's sign-in can still be exchanged for one.
        Assert.Equal("account get-access-token --resource https://storage.azure.com/ --output none", calls[0]);
        Assert.Matches(@"^storage blob upload --auth-mode login --account-name anaccount --container-name inbox --name smoke/smoke-\d+\.csv --file \S+ --output none$", calls[1]);
        Assert.StartsWith("storage blob delete ", calls[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_fails_where_nothing_answers()
    {
        using var folder = new TemporaryFolder();
        await using var host = await LocalHost.Start(new LocalHostOptions(folder.Path, 0, TimeProvider.System));

        var (code, output) = await Smoke(new Uri(host.Address, "/nowhere"), 0);

        Assert.NotEqual(0, code);
        Assert.Contains("does not answer", output, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output)> Smoke(Uri address, int wait) =>
        InfraScript.Run("smoke", [address.ToString(), "key"], new() { ["PERENNIAL_SMOKE_WAIT"] = $"{wait}" });
}
