using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Perennial.Api.Contracts;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Cli.Client;
using Perennial.Cli.Hosting;
using Perennial.Core;
using Perennial.Core.Pipelines;
using Perennial.Core.Pipelines.Spec;
using Perennial.Core.Registry;
using Perennial.Core.Training;
using Perennial.Functions.Tests.Support;
using Perennial.Learning.Frames;
using Perennial.Migrate;
using Perennial.MLNet;

namespace Perennial.Functions.Tests;

/// <summary>The app with ML.NET's candidates and both runtimes, from a CSV to answers over HTTP.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class NativeLoopTests(Azurite azurite)
{
    [Theory]
    [InlineData("mlnet-fasttree", "onnxRuntime", ServingRuntime.OnnxRuntime)]
    [InlineData("mlnet-lightgbm", "managed", null)]
    [InlineData("mlnet-lbfgs", "auto", null)]
    public async Task A_candidate_of_MLNets_is_trained_gated_registered_and_answers_as_its_graph_does(string learner, string runtime, ServingRuntime? recorded)
    {
        await using var azure = await AzureHost.Start(azurite.Options());
        using var http = new HttpClient { BaseAddress = azure.Address };
        await Champion(azure.Address, learner, runtime);

        var signature = await File<ModelSignature>(http, "signature.json");
        Assert.Equal(recorded, signature.Runtime);
        var provenance = await File<Provenance>(http, "provenance.json");
        Assert.Equal(learner, provenance.Trainer);
        Assert.EndsWith(recorded is null ? "managed runtime" : "onnx-runtime runtime", provenance.Environment, StringComparison.Ordinal);

        var graph = await http.GetByteArrayAsync($"/api/models/{Some.Model}/versions/1/files/model.onnx");
        var (managed, native) = (new ManagedRuntime().Load(graph).Score(Frame), new OnnxRuntimeModel().Load(graph).Score(Frame));
        var answers = await Scores(http);
        for (var row = 0; row < answers.Length; row++)
        {
            Assert.Equal((recorded is null ? managed : native).Values[row], answers[row]);
            Assert.Equal(managed.Values[row], native.Values[row], 1e-4);
        }
    }

    [Theory]
    [InlineData("mlnet-lightgbm", "auto", "candidate-unknown")]
    [InlineData("mlnet-fasttree", "onnxRuntime", "runtime-missing")]
    public async Task What_moved_to_a_local_host_answers_the_same_or_says_what_that_host_lacks(string learner, string runtime, string code)
    {
        var options = azurite.Options();
        double[] before;
        await using (var azure = await AzureHost.Start(options))
        {
            using var http = new HttpClient { BaseAddress = azure.Address };
            await Champion(azure.Address, learner, runtime);
            before = await Scores(http);
        }
        var folder = Directory.CreateTempSubdirectory("perennial-native-").FullName;
        try
        {
            await using (var from = StoreSet.OfAzure(options))
            await using (var to = StoreSet.OfFolder(folder)) await new Migration(from, to).Run();
            await using var local = await LocalHost.Start(new LocalHostOptions(folder, 0, TimeProvider.System));
            using var http = new HttpClient { BaseAddress = local.Address };
            if (code != "runtime-missing") Assert.Equal(before, await Scores(http));
            else
            {
                using var answer = await Predict(http);
                Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
                Assert.Equal(code, (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!);
            }
            var run = await Run(new PerennialClient(local.Address));
            Assert.Equal((RunStatus.Failed, code), (run.Status, run.Failure?.Code));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Frame Frame => new(
    [
        new NumericColumn("age", [.. Enumerable.Range(0, 60).Select(i => i % 9 == 0 ? double.NaN : 20 + i)]),
        CategoricalColumn.From("plan", [.. Enumerable.Range(0, 60).Select(i => i % 3 == 0 ? "basic" : i % 3 == 1 ? "plus" : "unseen")]),
        CategoricalColumn.From("city", [.. Enumerable.Range(0, 60).Select(i => i % 2 == 0 ? "Ulm" : "Bonn")]),
    ]);

    private static async Task Champion(Uri address, string learner, string runtime)
    {
        var client = new PerennialClient(address);
        var spec = $$"""
            { "model": "{{Some.Model}}", "label": "churned", "train": { "trials": 2, "candidates": ["{{learner}}"] }, "serving": { "runtime": "{{runtime}}" } }
            """;
        await client.PutModel(Some.Model, Encoding.UTF8.GetBytes(spec));
        var run = await Run(client);
        Assert.True(run.Status == RunStatus.Succeeded, run.Conclusion ?? run.Failure?.Message);
    }

    private static async Task<RunRecord> Run(PerennialClient client)
    {
        var dataset = await client.Upload(Some.Model, "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows())));
        var trigger = await client.Post<RunTrigger>($"/api/models/{Some.Model}/runs", new RunRequest(dataset.Id, "a test", "test"));
        var run = await client.WaitForRun(Some.Model, trigger.Key);
        await foreach (var state in client.Follow(run.Id)) run = state.Run;
        return run;
    }

    private static async Task<T> File<T>(HttpClient http, string name) =>
        JsonSerializer.Deserialize<T>(await http.GetStringAsync($"/api/models/{Some.Model}/versions/1/files/{name}"), CoreJson.Options)!;

    private static async Task<double[]> Scores(HttpClient http)
    {
        using var answer = await Predict(http);
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, body);
        return [.. JsonNode.Parse(body)!["predictions"]!.AsArray().Select(prediction => (double)prediction!["score"]!)];
    }

    private static Task<HttpResponseMessage> Predict(HttpClient http)
    {
        var rows = new JsonArray([.. Enumerable.Range(0, Frame.RowCount).Select(row => new JsonObject
        {
            ["age"] = Frame["age"].Format(row) is { } age ? JsonNode.Parse(age) : null,
            ["plan"] = Frame["plan"].Format(row),
            ["city"] = Frame["city"].Format(row),
        })]);
        return http.PostAsync($"/api/models/{Some.Model}/predict", new StringContent(new JsonObject { ["rows"] = rows }.ToJsonString(), Encoding.UTF8, "application/json"));
    }
}
