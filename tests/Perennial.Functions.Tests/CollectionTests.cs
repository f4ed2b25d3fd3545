using System.Text;
using Perennial.Api.Contracts;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Cli.Client;
using Perennial.Core.Governance.Retention;
using Perennial.Core.Pipelines;
using Perennial.Functions.Tests.Support;

namespace Perennial.Functions.Tests;

/// <summary>Collections on the Azure host: the app on Azurite and Durable Functions' engine.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class CollectionTests(Azurite azurite)
{
    [Fact]
    public async Task A_collection_forgets_runs_that_ended_and_leaves_the_model_its_coordinator_and_its_versions()
    {
        await using var host = await AzureHost.Start(azurite.Options());
        var client = new PerennialClient(host.Address);
        await client.PutModel(Some.Model, Encoding.UTF8.GetBytes(Some.Spec));
        await client.Upload(Some.Model, "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows())));
        var first = await Train(client);
        Assert.Equal(RunStatus.Succeeded, first.Status);
        var model = await client.GetBytes($"/api/models/{Some.Model}/versions/1/files/model.onnx");

        // The run and its search; they end a moment after the run's record has.
        var forgotten = 0;
        for (var since = TimeProvider.System.GetTimestamp(); forgotten < 2 && TimeProvider.System.GetElapsedTime(since) < TimeSpan.FromMinutes(1);)
            forgotten += (await client.Post<CollectionReport>("/api/maintenance/gc", new CollectRequest(OlderThan: TimeSpan.Zero))).Orchestrations;

        Assert.Equal(2, forgotten);
        Assert.Equal(first.Conclusion, (await client.Get<RunResponse>($"/api/runs/{first.Id}")).Run.Conclusion);
        Assert.Equal(model, await client.GetBytes($"/api/models/{Some.Model}/versions/1/files/model.onnx"));
        Assert.Equal(2, (await Train(client)).Sequence);
    }

    private static async Task<RunRecord> Train(PerennialClient client)
    {
        var trigger = await client.Post<RunTrigger>($"/api/models/{Some.Model}/runs", new RunRequest(null, "a test", "test"));
        var run = await client.WaitForRun(Some.Model, trigger.Key);
        await foreach (var state in client.Follow(run.Id)) run = state.Run;
        return run;
    }
}
