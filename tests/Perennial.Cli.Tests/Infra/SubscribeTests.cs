using Perennial.Cli.Tests.Support;

namespace Perennial.Cli.Tests.Infra;

/// <summary>The app's subscription to uploads is tried until its host has started. A stand-in for <c>az</c> fails a few times.</summary>
public sealed class SubscribeTests
{
    [Fact]
    public async Task It_is_tried_again_until_the_app_has_started()
    {
        using var folder = new TemporaryFolder();

        var (code, output) = await Subscribe(folder, failures: 2, wait: 60);

        Assert.True(code == 0, output);
        var calls = await File.ReadAllLinesAsync(folder.Of("calls"));
        Assert.Equal(3, calls.Length);
        Assert.All(calls, call => Assert.Matches(@"^deployment group create --resource-group a-group --template-file \S+inbox\.bicep --parameters functionAppName=an-app storageAccountName=an-account --output none$", call));
    }

    [Fact]
    public async Task It_fails_where_the_app_does_not_start_in_time_and_says_what_to_do()
    {
        using var folder = new TemporaryFolder();

        var (code, output) = await Subscribe(folder, failures: 1000, wait: 0);

        Assert.Equal(1, code);
        Assert.Contains("run this again", output, StringComparison.Ordinal);
    }

    private static Task<(int Code, string Output)> Subscribe(TemporaryFolder folder, int failures, int wait)
    {
        var az = folder.Of("az");
        File.WriteAllText(az, $"#!/usr/bin/env bash\necho \"$*\" >> '{folder.Of("calls")}'\n[ \"$(wc -l < '{folder.Of("calls")}')\" -gt {failures} ]\n");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(az, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return InfraScript.Run("subscribe", ["a-group", "an-app", "an-account"], new()
        {
            ["PATH"] = $"{folder.Path}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}",
            ["PERENNIAL_SUBSCRIBE_WAIT"] = $"{wait}",
            ["PERENNIAL_SUBSCRIBE_PAUSE"] = "0",
        });
    }
}
