using System.Text;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Perennial.Azure.Predictions;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests;

/// <summary>What the stores throw when the account refuses, is overloaded or does not answer. No account is needed: the answers are made here.</summary>
public sealed class StorageFaultsTests
{
    private static readonly AzureStorageOptions Options = new()
    {
        ConnectionString = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;",
        RetryDelay = TimeSpan.Zero,
        MaxRetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetries = 1,
    };

    public static TheoryData<Func<AzureStores, Task>> Calls => new()
    {
        stores => stores.Blobs.Read("name"),
        stores => stores.Blobs.Write("name", new byte[1], null),
        stores => stores.Blobs.List("").ToListAsync().AsTask(),
        stores => stores.Content.PutBytes(new byte[1]),
        stores => stores.Content.Open(ContentHash.Of([1])),
        stores => stores.Log.Append("s", [new LogRecord(DateTimeOffset.UnixEpoch, Encoding.UTF8.GetBytes("a"))]),
        stores => stores.Log.Read("s", null, 9),
    };

    [Theory]
    [MemberData(nameof(Calls), DisableDiscoveryEnumeration = true)]
    public async Task Every_call_says_that_the_store_is_not_to_be_reached_and_what_to_do(Func<AzureStores, Task> call)
    {
        foreach (var (status, code, says) in new[] { (403, "AuthorizationPermissionMismatch", "role assignments"), (403, "AccountIsDisabled", "subscription"), (503, "ServerBusy", "overloaded") })
        {
            using var service = new Between((_, _) => Task.FromResult(Between.Fault(status, code)));
            var told = await Thrown(call, service);
            Assert.Contains("127.0.0.1", told.Message, StringComparison.Ordinal);
            Assert.Contains(says, told.Message, StringComparison.Ordinal);
            Assert.Equal(status, Assert.IsType<RequestFailedException>(told.InnerException).Status);
        }
        using var nobody = new Between((_, _) => Task.FromException<HttpResponseMessage>(new HttpRequestException("Connection refused")));
        Assert.Contains("does not answer", (await Thrown(call, nobody)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_of_tables_are_sent_by_a_pipeline_that_says_so_too()
    {
        using var service = new Between((_, _) => Task.FromResult(Between.Fault(503, "ServerBusy")));
        var pipeline = HttpPipelineBuilder.Build(AzureStores.Patient(new TableClientOptions(), Options, service.Transport()));
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Get;
        message.Request.Uri.Reset(new Uri("http://127.0.0.1:1/devstoreaccount1/t"));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => pipeline.SendAsync(message, default).AsTask());

        Assert.Equal(2, service.Requests);
    }

    [Fact]
    public async Task A_caller_that_has_gone_is_no_fault_of_the_store()
    {
        using var gone = new CancellationTokenSource();
        using var service = new Between(async (_, _) =>
        {
            await gone.CancelAsync();
            throw new OperationCanceledException(gone.Token);
        });
        await using var stores = Open(service);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stores.Blobs.Read("name", gone.Token));
    }

    private static async Task<StoreUnavailableException> Thrown(Func<AzureStores, Task> call, Between service)
    {
        await using var stores = Open(service);
        return await Assert.ThrowsAsync<StoreUnavailableException>(() => call(stores));
    }

    private static AzureStores Open(Between service) => AzureStores.Open(Options, TimeProvider.System, AppendBlobLogOptions.Default, service.Transport());
}
