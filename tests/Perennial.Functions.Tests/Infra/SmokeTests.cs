using System.Diagnostics;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests.Infra;

/// <summary>What a deployment is tried with, tried itself; it needs bash, curl and jq.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class SmokeTests(Azurite azurite)
{
    [Fact]
    public async Task The_smoke_test_of_a_deployment_passes_on_a_host_that_works_twice_and_fails_on_none()
    {
        await using var host = await AzureHost.Start(azurite.Options());
        for (var deployment = 0; deployment < 2; deployment++)
        {
            var (code, output) = Smoke(host.Address.ToString());
            Assert.True(code == 0, output);
            Assert.Contains("trains and predicts", output, StringComparison.Ordinal);
        }
        Assert.NotEqual(0, Smoke(new Uri(host.Address, "/nowhere").ToString()).Code);
    }

    private static (int Code, string Output) Smoke(string address)
    {
        var start = new ProcessStartInfo("bash", [Path.Combine(Repository.Root, "infra", "smoke"), address, "key"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        // The host of the test has started already: nobody waits for it.
        start.Environment["PERENNIAL_SMOKE_WAIT"] = "0";
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd() + error.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
