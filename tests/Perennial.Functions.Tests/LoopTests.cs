using System.Text;
using System.Text.Json.Nodes;
using Perennial.Api.Contracts;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Cli.Client;
using Perennial.Cli.Hosting;
using Perennial.Core.Pipelines;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests;

/// <summary>The same calls to both hosts: the local one on its folder, the app on Azurite and Durable Functions' engine.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class LoopTests(Azurite azurite)
{
    private const string Rows = """{ "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" }, { "age": null, "plan": "gold", "city": "Bonn" } ], "ids": ["a", "b"] }""";

    [Fact]
    public async Task A_csv_becomes_the_same_champion_that_answers_the_same()
    {
        var folder = Directory.CreateTempSubdirectory("perennial-loop-").FullName;
        try
        {
            await using var local = await LocalHost.Start(new LocalHostOptions(folder, 0, TimeProvider.System));
            await using var azure = await AzureHost.Start(azurite.Options());
            var onLocal = await Loop(local.Address);
            var onAzure = await Loop(azure.Address);
            Assert.Equal(onLocal.Model, onAzure.Model);
            Assert.True(JsonNode.DeepEquals(onLocal.Answer, onAzure.Answer), $"{onLocal.Answer}\n{onAzure.Answer}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("GET", "/api/nowhere", 404)]
    [InlineData("GET", "/api/models/nobody", 404)]
    [InlineData("DELETE", "/api/health", 405)]
    [InlineData("POST", "/api/models/nobody/predict", 404)]
    [InlineData("PUT", "/api/models/a b", 400)]
    [InlineData("GET", "/api/health", 200)]
    [InlineData("GET", "/api/models", 200)]
    [InlineData("GET", "/", 200)]
    [InlineData("HEAD", "/", 405)]
    [InlineData("GET", "/openapi/v1.json", 200)]
    public async Task Routes_answer_with_the_same_status_type_and_body(string method, string path, int status)
    {
        var folder = Directory.CreateTempSubdirectory("perennial-loop-").FullName;
        try
        {
            await using var local = await LocalHost.Start(new LocalHostOptions(folder, 0, TimeProvider.System));
            await using var azure = await AzureHost.Start(azurite.Options());
            var onAzure = await Send(azure.Address, method, path);
            Assert.Equal(await Send(local.Address, method, path), onAzure);
            Assert.Equal(status, onAzure.Status);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(string Model, JsonNode Answer)> Loop(Uri address)
    {
        var client = new PerennialClient(address);
        await client.PutModel(Some.Model, Encoding.UTF8.GetBytes(Some.Spec));
        var dataset = await client.Upload(Some.Model, "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows())));
        var trigger = await client.Post<RunTrigger>($"/api/models/{Some.Model}/runs", new RunRequest(dataset.Id, "a test", "test"));
        var run = await client.WaitForRun(Some.Model, trigger.Key);
        await foreach (var state in client.Follow(run.Id)) run = state.Run;
        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion ?? run.Failure?.Message);
        using var http = new HttpClient { BaseAddress = address };
        var answer = await http.PostAsync($"/api/models/{Some.Model}/predict", new StringContent(Rows, Encoding.UTF8, "application/json"));
        var onnx = await http.GetByteArrayAsync($"/api/models/{Some.Model}/versions/1/files/model.onnx");
        return (Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(onnx)), JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    private static async Task<(int Status, string? Type, string Body)> Send(Uri address, string method, string path)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (method is "POST" or "PUT") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        // The hour is another one.
        if (path == "/api/health") body = System.Text.RegularExpressions.Regex.Replace(body, "\"(time|now)\":\"[^\"]*\"", "");
        return ((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), body);
    }
}
