using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;
using Perennial.Api;
using Perennial.Api.Hosting;
using Perennial.Api.Tests.Support;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Data;
using Perennial.Core.Pipelines;
using Perennial.Core.Ports;
using Perennial.Core.Registry;
using Perennial.Functions.Hosting;
using Perennial.Functions.Triggers;

namespace Perennial.Functions.Tests.Triggers;

/// <summary>What the inbox' function does with files that lie in a real container.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class InboxFunctionsTests(Azurite azurite) : IAsyncLifetime
{
    private const int MaxBytes = 64 * 1024;
    private readonly BlobContainerClient _inbox = new(azurite.ConnectionString, "inbox" + Guid.NewGuid().ToString("N"));
    private readonly Mock<DurableTaskClient> _durable = new("test");
    private readonly ServiceProvider _services = FunctionsHost.AddPerennial(
        new ServiceCollection().AddLogging(), azurite.Options(), new InboxOptions { MaxBytes = MaxBytes }).BuildServiceProvider();

    private ApiServices Api => _services.GetRequiredService<ApiServices>();

    public async Task InitializeAsync()
    {
        await _inbox.CreateAsync();
        var spec = await Api.Content.PutBytes(Encoding.UTF8.GetBytes(Some.Spec));
        Assert.True((await Api.Registry.PutModel(Some.Model, spec, "test")).Succeeded);
    }

    public async Task DisposeAsync() => await _services.DisposeAsync();

    [Fact]
    public async Task A_file_becomes_a_dataset_and_a_wanted_run_once()
    {
        await Arrives("rows.csv", Some.Rows());
        await Arrives("rows.csv", Some.Rows());
        var dataset = Assert.Single(await Api.Datasets.List(Some.Model));
        Assert.Equal("rows.csv", dataset.Name);
        Assert.Equal(["rows.csv"], await Names());
    }

    [Fact]
    public async Task A_refused_file_stays_and_the_reason_lies_beside_it_until_it_is_taken()
    {
        await Arrives("rows.csv", "age,plan\n1,pro\n");
        Assert.Equal(["rows.csv", "rows.csv.reason.txt"], await Names());
        Assert.Contains("churned", await Reason("rows.csv"), StringComparison.Ordinal);
        await Arrives("rows.csv", Some.Rows());
        Assert.Equal(["rows.csv"], await Names());
    }

    [Fact]
    public async Task A_file_over_the_bound_is_refused_with_its_size_and_the_bound()
    {
        await Arrives("large.csv", new string('x', MaxBytes + 1));
        Assert.Contains("65537 bytes", await Reason("large.csv"), StringComparison.Ordinal);
        Assert.Contains("65536 bytes at most", await Reason("large.csv"), StringComparison.Ordinal);
        Assert.Empty(await Api.Datasets.List(Some.Model));
    }

    [Fact]
    public async Task A_file_for_a_model_that_is_not_there_is_told_why()
    {
        await Arrives("rows.csv", Some.Rows(), "nobody");
        Assert.Contains("nobody", await Reason("rows.csv", "nobody"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_files_of_a_burst_are_taken_and_the_last_is_what_the_next_run_trains_on()
    {
        for (var i = 0; i < 25; i++) await Arrives($"rows-{i:00}.csv", Some.Rows(400 + i));
        Assert.Equal(Enumerable.Range(0, 25).Select(i => $"rows-{i:00}.csv"), await Names());
        var wanted = Assert.Single((await Api.Runs.Status(Some.Model)).Pending);
        Assert.Equal("rows-24.csv", (await Api.Datasets.Find(Some.Model, wanted.Dataset!.Value))!.Name);
    }

    [Fact]
    public async Task A_file_whose_run_cannot_be_asked_for_now_is_thrown_so_that_the_host_tries_again()
    {
        var spec = (await new ModelSpecs(Api.Registry, Api.Content).Find(Some.Model)).Value;
        Assert.True((await Api.Datasets.Add(Some.Model, spec, new MemoryStream(Encoding.UTF8.GetBytes(Some.Rows())), "posted.csv", DatasetOrigin.Upload)).Succeeded);
        _services.GetRequiredService<BoundDurableClient>().Bind(_durable.Object);
        for (var i = 0; i < 20; i++)
        {
            var asked = await Api.Runs.Request(Some.Model, new RunTrigger(RunTriggerKind.Request, "A test wants it.", "ann", DateTimeOffset.UnixEpoch, null, $"k{i}"));
            Assert.True(asked.Succeeded, asked.Problem?.Detail);
        }
        await Assert.ThrowsAsync<IOException>(() => Arrives("late.csv", Some.Rows(401)));
        Assert.Equal(["late.csv"], await Names());
    }

    [Fact]
    public async Task A_reason_is_no_upload()
    {
        await Arrives("rows.csv.reason.txt", "It was bad.\n");
        Assert.Equal("It was bad.\n", await Reason("rows.csv"));
        Assert.Equal(["rows.csv.reason.txt"], await Names());
    }

    [Fact]
    public async Task A_file_that_has_gone_since_is_no_failure()
    {
        await Call("gone.csv", Some.Model);
        Assert.Empty(await Names());
    }

    [Fact]
    public async Task A_store_that_fails_is_thrown_so_that_the_host_tries_again()
    {
        await _inbox.DeleteAsync();
        await Assert.ThrowsAsync<RequestFailedException>(() => Call("rows.csv", Some.Model));
    }

    private async Task Arrives(string name, string text, string model = Some.Model)
    {
        await _inbox.GetBlobClient($"{model}/{name}").UploadAsync(BinaryData.FromString(text), overwrite: true);
        await Call(name, model);
    }

    private Task Call(string name, string model)
    {
        var functions = new InboxFunctions(
            _services.GetRequiredService<InboxIntake>(), _services.GetRequiredService<BoundDurableClient>(), NullLogger<InboxFunctions>.Instance);
        return functions.Inbox(_inbox.GetBlobClient($"{model}/{name}"), model, name, _durable.Object, Mock.Of<FunctionContext>());
    }

    private async Task<string> Reason(string name, string model = Some.Model) =>
        (await _inbox.GetBlobClient($"{model}/{name}.reason.txt").DownloadContentAsync()).Value.Content.ToString();

    private async Task<List<string>> Names()
    {
        var names = new List<string>();
        await foreach (var blob in _inbox.GetBlobsAsync(prefix: Some.Model + "/")) names.Add(blob.Name[(Some.Model.Length + 1)..]);
        return names;
    }
}
