using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Perennial.Azure.Predictions;
using Perennial.Azure.Tests.Support;
using Perennial.Core.Ports;

namespace Perennial.Azure.Tests;

/// <summary>What a throttled, faulty or busy account does to the stores. No account is needed: the answers are made here.</summary>
public sealed class ThrottlingTests
{
    private static readonly AzureStorageOptions Options = new()
    {
        ConnectionString = "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=YQ==;BlobEndpoint=http://127.0.0.1:1/devstoreaccount1;TableEndpoint=http://127.0.0.1:1/devstoreaccount1;",
        RetryDelay = TimeSpan.Zero,
        MaxRetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetries = 3,
    };

    [Theory]
    [InlineData(429, "TooManyRequests")]
    [InlineData(503, "ServerBusy")]
    [InlineData(500, "OperationTimedOut")]
    public async Task A_throttled_call_of_blobs_is_repeated_until_it_succeeds(int status, string code)
    {
        var calls = 0;
        using var service = new Between((_, _) => Task.FromResult(++calls <= 2 ? Between.Fault(status, code) : Content("there")));
        var blobs = Open(service).Blobs;

        Assert.Equal("there"u8.ToArray(), (await blobs.Read("name"))!.Content.ToArray());
        Assert.Equal(3, service.Requests);
    }

    [Fact]
    public async Task A_call_of_blobs_that_stays_throttled_says_so()
    {
        using var service = new Between((_, _) => Task.FromResult(Between.Fault(503, "ServerBusy")));

        var failure = await Assert.ThrowsAsync<StoreUnavailableException>(() => Open(service).Blobs.Read("name"));

        Assert.Equal(4, service.Requests);
        Assert.Contains("503 (ServerBusy), again and again", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429, 2)]
    [InlineData(503, 2)]
    [InlineData(500, 2)]
    [InlineData(503, 3)]
    public async Task Calls_of_tables_are_sent_by_a_pipeline_that_repeats_them(int status, int refused)
    {
        // The client builds its pipeline of these options.
        var calls = 0;
        using var service = new Between((_, _) => Task.FromResult(++calls <= refused ? Between.Fault(status, "ServerBusy") : Content("there")));
        var pipeline = HttpPipelineBuilder.Build(AzureStores.Patient(new TableClientOptions(), Options, service.Transport()));
        using var message = pipeline.CreateMessage();
        message.Request.Method = RequestMethod.Get;
        message.Request.Uri.Reset(new Uri("http://127.0.0.1:1/devstoreaccount1/t"));

        await pipeline.SendAsync(message, default);

        Assert.Equal((200, refused + 1), (message.Response.Status, service.Requests));
    }

    [Theory]
    [InlineData(412, "LeaseIdMissing")]
    [InlineData(409, "ContainerBeingDeleted")]
    [InlineData(409, "BlobImmutableDueToPolicy")]
    [InlineData(409, "PendingCopyOperation")]
    [InlineData(404, "AccountNotFound")]
    public async Task What_is_no_lost_race_is_not_taken_for_one(int status, string code)
    {
        using var service = new Between((request, _) => Task.FromResult(Makes(request) ? Created() : Between.Fault(status, code)));
        var stores = Open(service);

        Assert.Equal(code, (await Assert.ThrowsAsync<RequestFailedException>(() => stores.Blobs.Write("name", new byte[1], null))).ErrorCode);
    }

    [Theory]
    [InlineData(412, "ConditionNotMet")]
    [InlineData(409, "BlobAlreadyExists")]
    public async Task A_lost_race_is_a_result(int status, string code)
    {
        using var service = new Between((request, _) => Task.FromResult(Makes(request) ? Created() : Between.Fault(status, code)));
        Assert.Null(await Open(service).Blobs.Write("name", new byte[1], null));
    }

    [Fact]
    public async Task Content_of_which_another_writer_took_the_blocks_away_is_there()
    {
        var whole = false;
        using var service = new Between((request, _) =>
        {
            if (Makes(request)) return Task.FromResult(Created());
            if (request.Method == HttpMethod.Head) return Task.FromResult(whole ? Head(3) : Between.Fault(404, "BlobNotFound"));
            whole = true;
            return Task.FromResult(Between.Fault(400, "InvalidBlockList"));
        });
        await Open(service).Content.Put(new MemoryStream([1, 2, 3]));
        Assert.True(whole);
    }

    private static AzureStores Open(Between service) => AzureStores.Open(Options, TimeProvider.System, AppendBlobLogOptions.Default, service.Transport());

    private static bool Makes(HttpRequestMessage request) => request.RequestUri!.Query.Contains("restype=container", StringComparison.Ordinal);

    private static HttpResponseMessage Created() => Dated(new HttpResponseMessage(System.Net.HttpStatusCode.Created) { Content = new ByteArrayContent([]) });

    private static HttpResponseMessage Content(string text) => Dated(new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new StringContent(text) });

    private static HttpResponseMessage Head(int length)
    {
        var response = Dated(new HttpResponseMessage(System.Net.HttpStatusCode.OK) { Content = new ByteArrayContent(new byte[length]) });
        response.Content.Headers.ContentLength = length;
        return response;
    }

    private static HttpResponseMessage Dated(HttpResponseMessage response)
    {
        response.Headers.TryAddWithoutValidation("ETag", "\"0x1\"");
        response.Content.Headers.LastModified = DateTimeOffset.UtcNow;
        return response;
    }
}
