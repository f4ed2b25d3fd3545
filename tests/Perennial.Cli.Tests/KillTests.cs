using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Cli.Tests.Support;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;

namespace Perennial.Cli.Tests;

/// <summary>SIGKILL in the middle of the demo, then <c>up</c> on the same folder: the run goes on and ends with the same model.</summary>
public sealed class KillTests
{
    private const string Run = "run-bird-strike-1";

    [Fact]
    public async Task A_killed_run_goes_on_and_ends_with_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var expected = await Model(folder.Of("whole"), until: null);

        // The stages at which the process is killed, once each, on one folder after the other.
        foreach (var stage in new[] { "profile", "search", "fit", "evaluate", "register" })
        {
            var data = folder.Of("killed-" + stage);
            Assert.Equal(expected, await Model(data, until: stage));
        }
    }

    private static async Task<string> Model(string data, string? until)
    {
        if (until is not null) await KillDemoAt(data, until);
        else Assert.Equal(ExitCodes.Ok, (await PerennialProcess.Run("demo", "--data", data)).Exit);
        await using var served = await DemoFolder.Serve(data);
        RunRecord? run = null;
        await foreach (var state in served.Client.Follow(Run)) run = state.Run;
        Assert.True(run!.Status == RunStatus.Succeeded, $"killed at {until}: {run.Status} {run.Conclusion} {run.Failure?.Message}");
        Assert.Equal(1, run.Version);
        var model = await served.Client.GetBytes("/api/models/bird-strike/versions/1/files/model.onnx");
        return ContentHash.Of(model).ToString();
    }

    private static async Task KillDemoAt(string data, string stage)
    {
        using var demo = PerennialProcess.Start("demo", "--data", data);
        using var client = new PerennialClient(await Address(demo));
        while (!await HasBegun(client, stage))
            Assert.False(demo.HasExited, demo.Output + demo.Errors);
        await demo.Kill();
    }

    private static async Task<Uri> Address(PerennialProcess demo)
    {
        while (true)
        {
            Assert.False(demo.HasExited, demo.Output + demo.Errors);
            var line = demo.Output.Split('\n').FirstOrDefault(l => l.StartsWith("Host at ", StringComparison.Ordinal));
            if (line is not null) return new Uri(line["Host at ".Length..line.IndexOf(',', StringComparison.Ordinal)]);
            await Task.Yield();
        }
    }

    private static async Task<bool> HasBegun(PerennialClient client, string stage)
    {
        try
        {
            return (await client.Get<RunResponse>($"/api/runs/{Run}")).Run.Stages.Any(s => s.Name == stage);
        }
        catch (ApiProblemException)
        {
            return false;
        }
    }
}
