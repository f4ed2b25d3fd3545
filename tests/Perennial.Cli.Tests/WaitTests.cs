using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Perennial.Api.Contracts;
using Perennial.Cli.Client;
using Perennial.Cli.Tests.Support;
using Perennial.Core;
using Perennial.Core.Pipelines;
using Perennial.Core.Serving;

namespace Perennial.Cli.Tests;

/// <summary><c>perennial run</c> against a host that does not begin a run, or lets go of who follows it.</summary>
public sealed class WaitTests : IAsyncLifetime
{
    private static readonly RunTrigger Trigger = new(RunTriggerKind.Request, "asked for on the command line", "ann", DateTimeOffset.UnixEpoch, null, "mine");
    private static readonly RunRecord Other = new("run-churn-1", "churn", 1, RunStatus.AwaitingApproval, [], null, DateTimeOffset.UnixEpoch, null, []);
    private static readonly RunRecord Mine = new("run-churn-2", "churn", 2, RunStatus.Running, [Trigger], null, DateTimeOffset.UnixEpoch, null, []);

    private readonly WebApplication _host;
    private volatile string? _standsStill = "The disk is full.";
    private volatile RunRecord[] _runs = [Other];
    private volatile RunRecord _followed = Mine;
    private int _followers;

    // What followers get before they get what is followed: a state, an answer without one, or an HTTP status.
    private Queue<int> _answers = new();
    private const int OneState = 0, NoEvent = 1;

    public WaitTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _host = builder.Build();
        _host.MapGet("/api/health", () => Json(new HealthResponse("ok", "1", DateTimeOffset.UnixEpoch, false, new PredictionLogging(true, 0), _standsStill)));
        _host.MapPost("/api/models/churn/runs", () => Json(Trigger));
        _host.MapGet("/api/models/churn/runs", () => Json(_runs));
        _host.MapGet("/api/runs/run-churn-2/events", Follow);
    }

    [Fact]
    public async Task It_says_what_it_waits_for_and_asks_again_when_the_host_lets_go()
    {
        using var running = PerennialProcess.Start("run", "--model", "churn", "--url", _host.Urls.First());

        await Says(running, "The run waits: the host's orchestrations stand still. The disk is full.");
        _standsStill = null;
        await Says(running, "The run waits for run-churn-1, which holds the model and itself waits for approval");
        _runs = [];
        await Says(running, "The run has not begun yet");
        _runs = [Mine];
        await Says(running, "Run run-churn-2");
        while (Volatile.Read(ref _followers) < 2) await Pause(running);
        _followed = Mine with { Status = RunStatus.AwaitingApproval };
        await Says(running, "The run waits for approval: decide on http://127.0.0.1:");
        _followed = Mine with { Status = RunStatus.Succeeded, Conclusion = "Well done." };

        Assert.Equal(ExitCodes.Ok, await running.Exit());
        Assert.Contains("Well done.", running.Output, StringComparison.Ordinal);
        Assert.Equal(1, running.Output.Split("stand still").Length - 1);
    }

    [Fact]
    public async Task A_host_that_is_away_while_it_is_followed_is_asked_again()
    {
        using var client = new PerennialClient(new Uri(_host.Urls.First()));
        // No event at all, a state, nobody behind the gateway; and then it is there again.
        _answers = new Queue<int>([NoEvent, OneState, 503, 502, NoEvent]);
        _followed = Mine with { Status = RunStatus.Succeeded };
        var states = new List<RunStatus>();
        await foreach (var state in client.Follow(Mine.Id)) states.Add(state.Run.Status);
        Assert.Equal([RunStatus.Running, RunStatus.Succeeded], states);
        Assert.Equal(6, _followers);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(404)]
    public async Task A_host_that_refuses_from_the_start_or_knows_no_such_run_is_not_asked_again(int status)
    {
        using var client = new PerennialClient(new Uri(_host.Urls.First()));
        _answers = new Queue<int>(status == 404 ? [OneState, status] : [status]);
        var refusal = await Assert.ThrowsAsync<ApiProblemException>(async () =>
        {
            await foreach (var state in client.Follow(Mine.Id)) Assert.Equal(RunStatus.Running, state.Run.Status);
        });
        Assert.Equal(status, refusal.Problem.Status);
        Assert.Empty(_answers);
    }

    public Task InitializeAsync() => _host.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private static IResult Json<T>(T value) => Results.Json(value, CoreJson.Options);

    // One state, and the stream ends, as a gateway's time-out ends it.
    private async Task Follow(HttpResponse response)
    {
        Interlocked.Increment(ref _followers);
        var answer = _answers.TryDequeue(out var planned) ? planned : (int?)null;
        if (answer > NoEvent) response.StatusCode = answer.Value;
        if (answer >= NoEvent) return;
        response.ContentType = "text/event-stream";
        await response.WriteAsync($"event: run\ndata: {JsonSerializer.Serialize(new RunResponse(answer is null ? _followed : Mine, RunDetails.Empty), CoreJson.Options)}\n\n");
    }

    private static async Task Says(PerennialProcess running, string text)
    {
        while (!running.Output.Contains(text, StringComparison.Ordinal)) await Pause(running);
    }

    private static async Task Pause(PerennialProcess running)
    {
        Assert.False(running.HasExited, running.Output + running.Errors);
        await Task.Delay(TimeSpan.FromMilliseconds(20));
    }
}
