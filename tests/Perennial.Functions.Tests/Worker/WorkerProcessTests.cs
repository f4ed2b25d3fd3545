using System.Net;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Azure.Storage.Blobs;
using Google.Protobuf;
using Microsoft.Azure.Functions.Worker;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Functions.Hosting;
using Perennial.Functions.Tests.Worker.Rpc;

namespace Perennial.Functions.Tests.Worker;

/// <summary>The published app in the real worker process, called as the Functions host calls it.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class WorkerProcessTests(WorkerFixture worker) : IClassFixture<WorkerFixture>
{
    private const string Rows = """{ "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" } ], "ids": ["a"] }""";

    [Fact]
    public async Task A_file_in_the_inbox_becomes_a_champion_that_predicts()
    {
        using var http = worker.Host.Http();
        Assert.Equal(HttpStatusCode.OK, (await http.PutAsync($"/api/models/{Some.Model}", Json(Some.Spec))).StatusCode);
        await Put($"{Some.Model}/rows.csv", Some.Rows());
        Succeeded(await Inbox(Some.Model, "rows.csv"));

        var run = await EndOfRun(http, Some.Model);
        Assert.True((string?)run["status"] == "succeeded", $"{run}\n{worker.Host.Log}");
        var answer = await http.PostAsync($"/api/models/{Some.Model}/predict", Json(Rows));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["predictions"]!.AsArray());
        Succeeded(await worker.Host.Invoke("sweep", Timer()));
        Succeeded(await worker.Host.Invoke("monitor-passes", Timer()));
    }

    [Fact]
    public async Task A_file_that_the_inbox_does_not_take_lies_there_with_its_reason()
    {
        await Put($"{Some.Model}/large.csv", new string('x', WorkerFixture.MaxInboxBytes + 1));
        Succeeded(await Inbox(Some.Model, "large.csv"));
        var reason = await new BlobClient(worker.Storage, "inbox", $"{Some.Model}/large.csv.reason.txt").DownloadContentAsync();
        Assert.Contains("1048576 bytes at most", reason.Value.Content.ToString(), StringComparison.Ordinal);
        Assert.Contains("The inbox did not take large.csv", worker.Host.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_function_of_the_app_is_told_to_the_host_and_loaded()
    {
        var declared = typeof(FunctionsHost).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.GetCustomAttribute<FunctionAttribute>()?.Name).OfType<string>();
        Assert.Equal(declared.Order(StringComparer.Ordinal), worker.Host.Functions.Keys.Order(StringComparer.Ordinal));
        foreach (var name in new[] { "api", "predict" })
            Assert.Contains(worker.Host.Functions[name].RawBindings, binding => (string?)JsonNode.Parse(binding)!["authLevel"] == "Function");
    }

    [Theory]
    [InlineData("GET", "/", 200, "text/html; charset=utf-8")]
    [InlineData("GET", "/app.js", 200, "text/javascript; charset=utf-8")]
    [InlineData("GET", "/openapi/v1.json", 200, "application/json; charset=utf-8")]
    [InlineData("GET", "/api/health", 200, "application/json; charset=utf-8")]
    [InlineData("GET", "/api/models", 200, "application/json; charset=utf-8")]
    [InlineData("GET", "/api/nowhere", 404, "application/problem+json")]
    [InlineData("POST", "/api/models/nobody/predict", 404, "application/problem+json")]
    [InlineData("DELETE", "/api/health", 405, "application/problem+json")]
    [InlineData("HEAD", "/", 405, "application/problem+json")]
    public async Task Every_route_answers_through_the_worker(string method, string path, int status, string type)
    {
        using var http = worker.Host.Http();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method == "POST") request.Content = Json("{}");
        using var response = await http.SendAsync(request);
        Assert.Equal((status, type), ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString()));
        if (method != "HEAD") Assert.NotEmpty(await response.Content.ReadAsByteArrayAsync());
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");

    private static void Succeeded(InvocationResponse answer) =>
        Assert.True(answer.Result.Status == StatusResult.Types.Status.Success, answer.Result.Exception?.Message);

    private static Dictionary<string, TypedData> Timer() => new(StringComparer.Ordinal) { ["timer"] = new TypedData { Json = """{ "IsPastDue": false }""" } };

    private async Task<JsonNode> EndOfRun(HttpClient http, string model)
    {
        for (var i = 0; i < 100; i++)
        {
            var runs = JsonNode.Parse(await http.GetStringAsync($"/api/models/{model}/runs"))!.AsArray();
            if (runs is [{ } run, ..] && (string?)run["status"] is not ("running" or "waiting")) return run;
            await Task.Delay(TimeSpan.FromMilliseconds(300));
        }
        throw new TimeoutException($"The run did not end: {await http.GetStringAsync($"/api/models/{model}/runs")} {await http.GetStringAsync($"/api/models/{model}")}\n{worker.Host.Log}");
    }

    private async Task Put(string name, string text)
    {
        var inbox = new BlobContainerClient(worker.Storage, "inbox");
        await inbox.CreateIfNotExistsAsync();
        await inbox.GetBlobClient(name).UploadAsync(BinaryData.FromString(text), overwrite: true);
    }

    // As the host's blob extension tells of a blob: not the bytes, but where they lie.
    private Task<InvocationResponse> Inbox(string model, string name)
    {
        var where = JsonSerializer.SerializeToUtf8Bytes(new { Connection = "Inbox", ContainerName = "inbox", BlobName = $"{model}/{name}" });
        var file = new ModelBindingData { Version = "1.0", Source = "AzureStorageBlobs", ContentType = "application/json", Content = ByteString.CopyFrom(where) };
        return worker.Host.Invoke(
            "inbox",
            new Dictionary<string, TypedData> { ["file"] = new() { ModelBindingData = file } },
            new Dictionary<string, TypedData> { ["model"] = new() { String = model }, ["name"] = new() { String = name } });
    }
}
