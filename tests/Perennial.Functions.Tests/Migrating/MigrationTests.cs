using System.Text;
using System.Text.Json.Nodes;
using Perennial.Api.Contracts;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Cli.Client;
using Perennial.Cli.Hosting;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Functions.Tests.Support;
using Perennial.Migrate;

namespace Perennial.Functions.Tests.Migrating;

/// <summary>A folder's models, predictions and labels move to Azure and back.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class MigrationTests(Azurite azurite) : IDisposable
{
    private const string Rows = """{ "rows": [ { "age": 69, "plan": "basic", "city": "Ulm" } ], "ids": ["a"] }""";
    private readonly string _folder = Directory.CreateTempSubdirectory("perennial-from-").FullName;
    private readonly string _back = Directory.CreateTempSubdirectory("perennial-back-").FullName;

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Directory.Delete(_back, recursive: true);
    }

    [Fact]
    public async Task A_folder_moves_to_Azure_and_back_and_every_host_predicts_the_same()
    {
        var options = azurite.Options();
        var before = await OnFolder(_folder, Train);
        await using (var folder = StoreSet.OfFolder(_folder))
        await using (var azure = StoreSet.OfAzure(options))
        {
            var report = await new Migration(folder, azure).Run();
            Assert.True(report is { Artifacts: > 5, Entities: > 5, Records: 1 }, $"{report}");
            await Assert.ThrowsAsync<MigrationException>(() => new Migration(folder, azure).Run());
        }
        await using (var host = await AzureHost.Start(options)) Assert.Equal(before, await Predict(host.Address));

        await using (var folder = StoreSet.OfFolder(_back))
        await using (var azure = StoreSet.OfAzure(options))
            Assert.Equal(2, (await new Migration(azure, folder).Run()).Records);
        Assert.Equal(before, await OnFolder(_back, Predict));
    }

    [Fact]
    public async Task A_migration_that_was_cut_off_goes_on()
    {
        await OnFolder(_folder, Train);
        await using var folder = StoreSet.OfFolder(_folder);
        await using var azure = StoreSet.OfAzure(azurite.Options());
        var cut = new StoreSet(folder.Content, folder.Tables, new Cut(folder.Log), folder.Blobs);
        await Assert.ThrowsAsync<IOException>(() => new Migration(cut, azure).Run());
        Assert.Equal(1, (await new Migration(folder, azure).Run()).Records);
    }

    [Fact]
    public async Task A_target_that_holds_something_else_is_left_as_it_is()
    {
        await OnFolder(_folder, Train);
        await using var folder = StoreSet.OfFolder(_folder);
        await using var azure = StoreSet.OfAzure(azurite.Options());
        await azure.Tables.Write("models", "other", [TableOperation.Insert("r", new Dictionary<string, string>())]);
        Assert.Contains("not empty", (await Assert.ThrowsAsync<MigrationException>(() => new Migration(folder, azure).Run())).Message, StringComparison.Ordinal);
        Assert.Empty(await azure.Content.List().ToListAsync());
    }

    private static async Task<string> OnFolder(string folder, Func<Uri, Task<string>> work)
    {
        await using var host = await LocalHost.Start(new LocalHostOptions(folder, 0, TimeProvider.System));
        return await work(host.Address);
    }

    private static async Task<string> Train(Uri address)
    {
        var client = new PerennialClient(address);
        await client.PutModel(Some.Model, Encoding.UTF8.GetBytes(Some.Spec));
        var dataset = await client.Upload(Some.Model, "rows.csv", new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows())));
        var trigger = await client.Post<RunTrigger>($"/api/models/{Some.Model}/runs", new RunRequest(dataset.Id, "a test", "test"));
        var run = await client.WaitForRun(Some.Model, trigger.Key);
        await foreach (var state in client.Follow(run.Id)) run = state.Run;
        Assert.Equal(RunStatus.Succeeded, run.Status);
        return await Predict(address);
    }

    private static async Task<string> Predict(Uri address)
    {
        using var http = new HttpClient { BaseAddress = address };
        var answer = await http.PostAsync($"/api/models/{Some.Model}/predict", new StringContent(Rows, Encoding.UTF8, "application/json"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!.ToJsonString();
    }

    private sealed class Cut(IPredictionLog log) : IPredictionLog
    {
        public Task Append(string stream, IReadOnlyList<LogRecord> records, CancellationToken cancellationToken = default) => log.Append(stream, records, cancellationToken);

        public Task<LogPage> Read(string stream, string? cursor, int take, CancellationToken cancellationToken = default) => throw new IOException("Cut off.");
    }
}
