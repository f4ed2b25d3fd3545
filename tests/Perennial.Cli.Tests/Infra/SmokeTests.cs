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
