using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Perennial.Cli.Tests.Support;

/// <summary>A host as Azure's stands before an app: who sends no key, or another one, gets a bare 401. It has no models.</summary>
internal sealed class KeyedHost : IAsyncDisposable
{
    private readonly WebApplication _web;

    private KeyedHost(WebApplication web) => _web = web;

    public Uri Address => new(_web.Urls.First());

    /// <summary>The keys that came, one a request; empty where none did.</summary>
    public ConcurrentQueue<string> Seen { get; } = [];

    /// <summary>Where everybody is sent on to; null to answer.</summary>
    public Uri? SendsOnTo { get; init; }

    /// <summary>The status for those without the key.</summary>
    public int Refusal { get; init; } = StatusCodes.Status401Unauthorized;

    public static async Task<KeyedHost> Start(string key, Uri? sendsOnTo = null, int refusal = StatusCodes.Status401Unauthorized)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var host = new KeyedHost(builder.Build()) { SendsOnTo = sendsOnTo, Refusal = refusal };
        host._web.Run(http => host.Answer(http, key));
        await host._web.StartAsync();
        return host;
    }

    public ValueTask DisposeAsync() => _web.DisposeAsync();

    private Task Answer(HttpContext http, string key)
    {
        var sent = http.Request.Headers["x-functions-key"].ToString();
        Seen.Enqueue(sent);
        if (SendsOnTo is not null)
        {
            http.Response.Redirect(new Uri(SendsOnTo, "/sign-in?state=secret").ToString(), permanent: false, preserveMethod: true);
            return Task.CompletedTask;
        }
        http.Response.StatusCode = sent == key ? StatusCodes.Status200OK : Refusal;
        return sent == key ? http.Response.WriteAsJsonAsync(Array.Empty<string>()) : Task.CompletedTask;
    }
}
