using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Perennial.Cli.Client;
using Perennial.Cli.Hosting;
using Perennial.Core.Pipelines;
using Perennial.Local.Time;

namespace Perennial.Api.Tests.Support;

/// <summary>The real local host on a free port and a temporary folder, in a time that the test moves.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private RunningHost(string folder, MovableClock clock, LocalHost host)
    {
        (Folder, Clock, Host) = (folder, clock, host);
        Client = new PerennialClient(host.Address);
        Http = new HttpClient { BaseAddress = host.Address };
    }

    public string Folder { get; }

    public MovableClock Clock { get; private set; }

    public LocalHost Host { get; private set; }

    public PerennialClient Client { get; private set; }

    public HttpClient Http { get; private set; }

    public static async Task<RunningHost> Start()
    {
        var folder = Directory.CreateTempSubdirectory("perennial-test-").FullName;
        var clock = new MovableClock(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return new RunningHost(folder, clock, await LocalHost.Start(new LocalHostOptions(folder, 0, clock)));
    }

    /// <summary>A host over a folder that is there.</summary>
    public static async Task<RunningHost> Over(string folder, MovableClock clock) => new(folder, clock, await LocalHost.Start(new LocalHostOptions(folder, 0, clock)));

    /// <summary>Stops the host; its folder stays until this is disposed of.</summary>
    public ValueTask DisposeHost() => Host.DisposeAsync();

    public async Task Restart(MovableClock? clock = null)
    {
        await Host.DisposeAsync();
        Clock = clock ?? Clock;
        Host = await LocalHost.Start(new LocalHostOptions(Folder, 0, Clock));
        Client = new PerennialClient(Host.Address);
        Http = new HttpClient { BaseAddress = Host.Address };
    }

    public Task PutSpec(string model, string spec) => Client.PutModel(model, Encoding.UTF8.GetBytes(spec));

    public async Task<RunRecord> Train(string model, string csv)
    {
        var dataset = await Client.Upload(model, "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(csv)));
        var trigger = await Client.Post<RunTrigger>($"/api/models/{model}/runs", new Contracts.RunRequest(dataset.Id, "a test", "test"));
        var run = await Client.WaitForRun(model, trigger.Key);
        await foreach (var state in Client.Follow(run.Id)) run = state.Run;
        return run;
    }

    public async Task<(int Status, string Type, JsonNode? Body)> Send(HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        return await Send(request);
    }

    public async Task<(int Status, string Type, JsonNode? Body)> Send(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var contentType = response.Content.Headers.ContentType?.MediaType ?? "";
        return ((int)response.StatusCode, contentType, contentType.EndsWith("json", StringComparison.Ordinal) ? JsonNode.Parse(text) : null);
    }

    /// <summary>Asserts a whole JSON body; the properties of <paramref name="expected"/> may stand in any order.</summary>
    public static void AssertJson(string expected, JsonNode? actual)
    {
        var options = new JsonSerializerOptions { WriteIndented = true };
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), actual), $"Expected:\n{expected}\nActual:\n{actual?.ToJsonString(options)}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Http.Dispose();
        await Host.DisposeAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }
}
