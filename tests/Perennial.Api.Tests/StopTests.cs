using Perennial.Api.Tests.Support;
using Perennial.Core.Pipelines;

namespace Perennial.Api.Tests;

/// <summary>A follower of a run once kept the host from stopping until the process was killed.</summary>
public sealed class StopTests
{
    [Fact]
    public async Task A_stream_of_a_run_that_waits_ends_whole_when_the_host_stops_and_the_run_is_there_after_a_restart()
    {
        await using var host = await RunningHost.Start();
        await host.PutSpec(Some.Model, Some.Spec.Replace("\"label\"", "\"approval\": { \"required\": true }, \"label\"", StringComparison.Ordinal));
        await host.Client.Upload(Some.Model, "rows.csv", new MemoryStream(System.Text.Encoding.UTF8.GetBytes(Some.Rows())));
        var trigger = await host.Client.Post<RunTrigger>($"/api/models/{Some.Model}/runs", new Contracts.RunRequest(Reason: "a test"));
        var run = await host.Client.WaitForRun(Some.Model, trigger.Key);
        await foreach (var state in host.Client.Follow(run.Id))
            if (state.Run.Status == RunStatus.AwaitingApproval) break;
        using var response = await host.Http.GetAsync($"/api/runs/{run.Id}/events", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal("event: run", await reader.ReadLineAsync());

        var stopping = host.Restart();

        // A stream that the host cut off would throw.
        Assert.Contains("awaitingApproval", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        await stopping;
        var (status, _, body) = await host.Send(HttpMethod.Get, $"/api/runs/{run.Id}");
        Assert.Equal((200, "awaitingApproval"), (status, (string?)body!["run"]!["status"]));
    }
}
