using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Perennial.Api.Problems;
using Perennial.Api.Routes;
using Perennial.Core;
using Perennial.Core.Pipelines;

namespace Perennial.Api.Streaming;

/// <summary>
/// A run's progress as server-sent events (WHATWG HTML, section 9.2). It looks at the record as a poller would, so it works on every host
/// and whichever process runs the activities; a client that falls back to polling sees the same.
/// </summary>
public static class RunEventStream
{
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(150);

    // Proxies cut silent streams (the Functions host after 240 s), so something is said in time.
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    /// <summary>Sends the run whenever it has changed, then ends with the run, or with the host.</summary>
    public static async Task<IResult> Follow(string id, HttpContext http, ApiServices api, IHostApplicationLifetime host)
    {
        if (await api.Runs.Get(id, http.RequestAborted) is null) return RunRoutes.Missing(id).ToResult();
        // A host that stops waits for its answers, and this one would not end before its run does.
        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, host.ApplicationStopping);
        try
        {
            await Send(id, http.Response, api, either.Token);
        }
        catch (OperationCanceledException) when (host.ApplicationStopping.IsCancellationRequested)
        {
            // The follower asks again, or polls, when there is a host again.
        }
        return Results.Empty;
    }

    private static async Task Send(string id, HttpResponse response, ApiServices api, CancellationToken ct)
    {
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        string? last = null;
        var quietSince = TimeProvider.System.GetTimestamp();
        while (await RunRoutes.Find(id, api, ct) is { } run)
        {
            var json = JsonSerializer.Serialize(run, CoreJson.Options);
            if (json != last)
            {
                await response.WriteAsync($"event: run\ndata: {json}\n\n", ct);
                await response.Body.FlushAsync(ct);
                (last, quietSince) = (json, TimeProvider.System.GetTimestamp());
            }
            if (run.Run.Status is RunStatus.Succeeded or RunStatus.Rejected or RunStatus.Failed) break;
            if (TimeProvider.System.GetElapsedTime(quietSince) > KeepAlive)
            {
                await response.WriteAsync(": still here\n\n", ct);
                quietSince = TimeProvider.System.GetTimestamp();
            }
            // Wall time, not the host's clock: the pace of looking has nothing to do with the time that the models live in.
            await Task.Delay(Pace, TimeProvider.System, ct);
        }
    }
}
